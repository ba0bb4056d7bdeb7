package api_test

import (
	"slices"
	"testing"

	"github.com/skillcert/skillcert/api"
)

// Every place of a room is in its plan once, also while a seating that was broken off has left gaps.
func TestThePlanOfARoom(t *testing.T) {
	for _, c := range []struct {
		taken, want []int
	}{
		{nil, []int{-1, -2, -3, -4}},
		{[]int{1, 2}, []int{1, 2, -3, -4}},
		{[]int{1, 3}, []int{1, -2, 3, -4}},
		{[]int{4}, []int{-1, -2, -3, 4}},
		{[]int{1, 2, 3, 4}, []int{1, 2, 3, 4}},
	} {
		if got := api.WithEmpty(4, c.taken...); !slices.Equal(got, c.want) {
			t.Errorf("taken %v: %v, want %v", c.taken, got, c.want)
		}
	}
}
