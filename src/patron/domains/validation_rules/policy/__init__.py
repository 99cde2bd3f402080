"""Pure decisions of validation rules: what they may say, and what they come to in a case."""
