ctypedef long long number
