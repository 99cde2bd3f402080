"""What is sent and answered of validation rules, their assignments and their tests."""
