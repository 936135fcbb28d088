"""What the platforms behind the Graph API share; each of them adds its own facts and settings."""
