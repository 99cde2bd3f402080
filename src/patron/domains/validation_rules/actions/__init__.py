"""What is done with validation rules: each verb in a file of its name."""
