package protocol_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func specification(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/protocol.md")
	require.NoError(t, err)
	return string(text)
}

// rows are the tables' rows of the specification that begin with a cell, as trimmed cells.
func rows(t *testing.T, first string) (found [][]string) {
	t.Helper()
	for line := range strings.Lines(specification(t)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if cells[0] == first {
			found = append(found, cells)
		}
	}
	return found
}

func TestSpecificationListsEveryMessageWithItsAction(t *testing.T) {
	for _, typ := range append(protocol.CommandTypes(), protocol.ServerTypes()...) {
		row := rows(t, strconv.Itoa(int(typ)))
		require.Len(t, row, 1, "message %d", typ)
		action, _ := protocol.ActionOf(typ)
		require.Equal(t, string(action), row[0][4], "message %d", typ)
	}
}

func TestSpecificationListsEveryLimitWithItsDefault(t *testing.T) {
	limits := reflect.ValueOf(protocol.DefaultLimits())
	for i := range limits.NumField() {
		name := limits.Type().Field(i).Tag.Get("json")
		row := rows(t, name)
		require.Len(t, row, 1, name)
		require.Equal(t, fmt.Sprint(limits.Field(i).Interface()), plainNumber(t, row[0][1]), name)
	}
}

// plainNumber reads "64 KiB" and "4 000".
func plainNumber(t *testing.T, s string) string {
	t.Helper()
	unit := 1
	for suffix, bytes := range map[string]int{" KiB": 1 << 10, " MiB": 1 << 20} {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			s, unit = rest, bytes
		}
	}
	n, err := strconv.Atoi(strings.ReplaceAll(s, " ", ""))
	require.NoError(t, err)
	return strconv.Itoa(n * unit)
}

func TestSpecificationListsEveryErrorCode(t *testing.T) {
	for _, code := range []protocol.Code{
		protocol.CodeAuthRequired, protocol.CodeForbidden, protocol.CodeNotFound, protocol.CodeInvalidInput, protocol.CodeConflict,
		protocol.CodePayloadTooLarge, protocol.CodeRateLimited, protocol.CodeBudgetExceeded, protocol.CodeProviderError,
		protocol.CodeUnavailable, protocol.CodeInternal,
	} {
		row := rows(t, string(code))
		require.Len(t, row, 1, code)
		require.Equal(t, strconv.Itoa(code.HTTPStatus()), row[0][1], code)
		require.Equal(t, code.Retryable(), row[0][2] == "yes", code)
	}
}

func TestSpecificationSaysWhenToReconnect(t *testing.T) {
	for _, code := range []protocol.CloseCode{
		protocol.CloseDraining, protocol.CloseReplaced, protocol.CloseHeartbeat, protocol.CloseRoomUnavailable,
		protocol.CloseUnauthenticated, protocol.CloseForbidden, protocol.CloseProtocol, protocol.CloseRoomDeleted,
		protocol.CloseVersion, 1003, 1009,
	} {
		row := rows(t, strconv.Itoa(int(code)))
		require.Len(t, row, 1, code)
		require.Equal(t, code.Reconnect(), row[0][3] == "yes", code)
	}
}

func TestEveryRuleThatAVectorNamesIsInTheSpecificationOnce(t *testing.T) {
	defined := make(map[string]int)
	for _, m := range regexp.MustCompile(`\*\*\[(P\d+)\]\*\*`).FindAllStringSubmatch(specification(t), -1) {
		defined[m[1]]++
	}
	for rule, times := range defined {
		require.Equal(t, 1, times, rule)
	}
	for _, file := range readVectors(t) {
		for _, v := range append(file.Valid, file.Reject...) {
			require.Contains(t, defined, v.Rule, "%s/%s", file.Message, v.Name)
		}
	}
}
