"""What a utility is told of devices and premise by reports: gathered from the recorder, kept until taken."""
