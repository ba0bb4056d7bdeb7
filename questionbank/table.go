package questionbank

import "github.com/skillcert/skillcert/engine"

// ElementTable (要素细目表) is the tree of assessment ranges of one level, with the points as leaves. Codes carry the
// tree: A-A-B-002 lies in A-A-B, that in A-A, that in A.
type ElementTable struct {
	Occupation string       `json:"occupation"`
	Level      engine.Level `json:"level"`
	Edition    string       `json:"edition"` // of the standard
	Sample     bool         `json:"sample,omitempty"`
	Ranges     []Range      `json:"ranges"` // by code
	Points     []Point      `json:"points"` // by code
}

// Range (鉴定范围) is an inner node. Weights are points of 100; those of the children of one node add up to its own.
type Range struct {
	Code   string        `json:"code"`
	Name   string        `json:"name"`
	Weight engine.Points `json:"weight"`          // zero below the level that the standard weighs
	Ratio  string        `json:"ratio,omitempty"` // 核心:一般:辅助 as printed, 11:02:00; "" where none is printed
}

// Point (鉴定点) is the smallest testable element.
type Point struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Importance string `json:"importance"` // X core, Y general, Z auxiliary
}
