"""The shapes of campaigns: as they are sent, told and asked for."""
