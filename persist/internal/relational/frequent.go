package relational

// Frequent are the queries that are asked all the time, by name. Each goes by an index on every database, whatever else is in
// its table; the databases' tests ask theirs for its plan.
func Frequent(d *Dialect) map[string]string {
	return map[string]string{
		"next": nextQuery(d), "overview": overviewQuery, "chain": chainQuery, "own": ownQuery, "up": upQuery, "down": downQuery,
		"pending": pendingQuery, "since": sinceQuery, "busy": d.Busy, "waiting": d.Waiting, "turns": d.Turns,
		"unplaced": d.Unplaced, "lapsed": d.Lapsed, "due": d.Due, "held": d.HeldBy, "running": d.Running,
	}
}
