package sketch

import (
	"math"
	"strconv"
	"strings"

	"atelier/protocol"
)

const (
	smallest      = 64
	largest       = 2048
	defaultWidth  = 1024
	defaultHeight = 768
)

type size struct{ w, h int }

// readSize reads "size" ("WxH") or "width" and "height". Numbers come in whatever type the wire gave them.
func readSize(params map[string]any) (size, error) {
	s := size{defaultWidth, defaultHeight}
	if v, ok := params["size"]; ok {
		str, _ := v.(string)
		w, h, cut := strings.Cut(strings.ToLower(strings.TrimSpace(str)), "x")
		var err1, err2 error
		s.w, err1 = strconv.Atoi(strings.TrimSpace(w))
		s.h, err2 = strconv.Atoi(strings.TrimSpace(h))
		if !cut || err1 != nil || err2 != nil {
			return size{}, protocol.Errorf(protocol.CodeInvalidInput, "param size must look like 1024x768, not %v", v)
		}
	}
	for name, side := range map[string]*int{"width": &s.w, "height": &s.h} {
		v, ok := params[name]
		if !ok {
			continue
		}
		n, ok := whole(v)
		if !ok {
			return size{}, protocol.Errorf(protocol.CodeInvalidInput, "param %s must be a whole number, not %v", name, v)
		}
		*side = n
	}
	if min(s.w, s.h) < smallest || max(s.w, s.h) > largest {
		return size{}, protocol.Errorf(protocol.CodeInvalidInput, "a picture is %d to %d pixels wide and high, not %d x %d", smallest, largest, s.w, s.h)
	}
	return s, nil
}

func whole(v any) (int, bool) {
	var f float64
	switch n := v.(type) {
	case int:
		f = float64(n)
	case int8:
		f = float64(n)
	case int16:
		f = float64(n)
	case int32:
		f = float64(n)
	case int64:
		f = float64(n)
	case uint8:
		f = float64(n)
	case uint16:
		f = float64(n)
	case uint32:
		f = float64(n)
	case uint64:
		f = float64(n)
	case float32:
		f = float64(n)
	case float64:
		f = n
	default:
		return 0, false
	}
	if f != math.Trunc(f) || math.Abs(f) > 1e6 {
		return 0, false
	}
	return int(f), true
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case float32:
		return float64(n), true
	}
	n, ok := whole(v)
	return float64(n), ok
}
