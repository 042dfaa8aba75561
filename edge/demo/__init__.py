"""The demo: a conductor that starts both processes on a virtual radio, says the commands and draws the timeline."""
