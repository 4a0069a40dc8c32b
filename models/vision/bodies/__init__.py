"""Parts of `vision.pose`: key points by MoveNet, the angles of joints, people followed through a video, the trial."""
