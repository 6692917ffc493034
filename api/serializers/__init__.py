"""What the API says, field by field. Read-only: every class names its fields one by one."""
