print("sharder")
