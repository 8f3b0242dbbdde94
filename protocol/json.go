package protocol

import (
	"encoding/json"
	"fmt"
)

// UnmarshalJSON reads what MarshalJSON wrote; null is [Nil].
func (v *Value) UnmarshalJSON(b []byte) error {
	var x any
	if err := json.Unmarshal(b, &x); err != nil {
		return fmt.Errorf("decode value: %w", err)
	}
	var err error
	*v, err = ValueOf(x)
	return err
}

// UnmarshalJSON reads [record, prop, value, basis?].
func (w *Write) UnmarshalJSON(b []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) < 3 || len(parts) > 4 {
		return Errorf(CodeInvalidInput, "a write is [record, prop, value, basis?]")
	}
	*w = Write{}
	into := [...]any{&w.Record, &w.Prop, &w.Value, &w.Basis}
	for i, part := range parts {
		if err := json.Unmarshal(part, into[i]); err != nil {
			return Errorf(CodeInvalidInput, "a write is [record, prop, value, basis?]: %v", err)
		}
	}
	return nil
}
