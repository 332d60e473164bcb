"""Why a build failed, and what helps: from the end of the log and the plan to advice."""
