"""PostgreSQL and Valkey of our own, from wheels. Standard library only: runs before Django."""
