"""Parts of the service desk: the queue, who rings, taking in, steps, the report."""
