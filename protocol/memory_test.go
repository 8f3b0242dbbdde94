package protocol_test

import (
	"runtime"

	"github.com/vmihailenco/msgpack/v5"
)

// allocated is how many bytes f allocated, roughly: other goroutines count too.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

func decodeAny(b []byte) (value any, err error) {
	err = msgpack.Unmarshal(b, &value)
	return value, err
}

// depthOf counts the levels of lists and maps.
func depthOf(x any) int {
	deepest := 0
	switch x := x.(type) {
	case []any:
		for _, e := range x {
			deepest = max(deepest, depthOf(e))
		}
	case map[string]any:
		for _, e := range x {
			deepest = max(deepest, depthOf(e))
		}
	default:
		return 0
	}
	return deepest + 1
}
