-- One file with the ledger as it is at this moment; whoever writes meanwhile goes on.
VACUUM INTO $1
