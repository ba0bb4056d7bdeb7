package seb

// Exam is what the settings of one session are made from.
type Exam struct {
	Base  Base
	Start string // path with query, where the browser opens
	Quit  string // path, at which the browser ends
}

// Settings are the settings of a session's file. They are made of booleans, integers, strings, arrays and dictionaries
// only, no two keys differ by case, no string has a quotation mark or a backslash in it, and neither the first nor the
// last key is ever dropped: those are what builds of the browser were seen to write in different ways.
func (e Exam) Settings() Dict {
	d := Dict{
		"startURL":       String(e.Base.Address(e.Start)),
		"quitURL":        String(e.Base.Address(e.Quit)),
		"quitURLConfirm": Bool(true),
		"URLFilterRules": Array{Dict{"action": Integer(1), "active": Bool(true), "regex": Bool(false), "expression": String(e.Base.host() + "/*")}},
		// 0: an exam is started, the computer's own settings stay
		"sebConfigPurpose": Integer(0),
		"sebMode":          Integer(0),
		// 3: the browser engine with the JavaScript API, wherever there is one
		"browserWindowWebView": Integer(3),
		// 1: links of their own window open in the same one; 0: scripts open none
		"newBrowserWindowByLinkPolicy":   Integer(1),
		"newBrowserWindowByScriptPolicy": Integer(0),
		"allowedDisplaysMaxNumber":       Integer(1),
	}
	for _, key := range on() {
		d[key] = Bool(true)
	}
	for _, key := range off() {
		d[key] = Bool(false)
	}
	return d
}

// on are the switches that are set. Reloading and going back to the start are the ways out of a lost connection.
func on() []string {
	return []string{"allowDownUploads", "allowedDisplayBuiltin", "browserURLSalt", "browserWindowAllowReload",
		"enableJavaScript", "enableLogging", "enablePrivateClipboard", "enableSebBrowser", "enableZoomPage", "enableZoomText",
		"ignoreExitKeys", "newBrowserWindowAllowReload", "restartExamUseStartURL", "sendBrowserExamKey", "showBackToStartButton",
		"showInputLanguage", "showReloadButton", "showReloadWarning", "showTaskBar", "showTime", "URLFilterEnable"}
}

// off are the switches that are not. What the browser keeps for the exam page stays over a restart: unsaved answers
// are in it.
func off() []string {
	return []string{"allowAudioCapture", "allowBrowsingBackForward", "allowDictation", "allowDictionaryLookup", "allowDisplayMirroring",
		"allowFlashFullscreen", "allowPDFPlugIn", "allowPreferencesWindow", "allowQuit", "allowScreenSharing", "allowSiri", "allowSpellCheck",
		"allowSwitchToApplications", "allowUserSwitching", "allowVideoCapture", "allowVirtualMachine", "enableJava", "enablePlugIns", "enablePrintScreen",
		"enableRightMouse", "openDownloads", "quitURLRestart", "removeBrowserProfile", "removeLocalStorage", "restartExamPasswordProtected",
		"showMenuBar", "showNavigationButtons", "URLFilterEnableContentFilter"}
}
