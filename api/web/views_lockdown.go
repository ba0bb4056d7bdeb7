package web

import "html/template"

// Lockdown is how a candidate opens the exam in the lockdown browser (锁定浏览器).
type Lockdown struct {
	File string       // address of the session's file
	Open template.URL // the same in the scheme of the browser, which then takes over
}

// LockdownForm is the office's setting. Fields: required, browser_keys, and reason from the opening on.
type LockdownForm struct {
	Session  string
	Required bool
	Keys     string // one a line
	Open     bool   // may still be changed
	File     string // "" while it is not required
	Address  string // of the file, as it is copied into invitations
	Opened   bool   // people may be sitting: a reason is asked for
	Running  int    // papers that are being answered
	Refused  *LockdownTyped
}

// LockdownTyped is what was typed into the form that was refused.
type LockdownTyped struct {
	Required     bool
	Keys, Reason string
	Problem      *Problem
}
