package spoken_test

import "testing"

func TestTheCanvasIsUnderstood(t *testing.T) {
	understood(t, studio(image(picture)), map[string]string{
		`
		undo
		undo that
		undo the last change
		take that back
		please undo it now`: `{"do":"undo","times":1}`,
		`
		undo twice
		undo two times
		undo to times
		undo 2 steps
		undo the last two changes`: `{"do":"undo","times":2}`,
		`redo three times`: `{"do":"redo","times":3}`,
		`
		add a note saying buy more paper
		make a sticky note that says buy more paper
		take a note: buy more paper
		put buy more paper on a note
		note to self buy more paper
		Could you add a note saying “buy more paper”`: `{"do":"add_note","text":"buy more paper"}`,
		`add a note saying Thank you, Ana!`:       `{"do":"add_note","text":"Thank you, Ana!"}`,
		`add a note saying please`:                `{"do":"add_note","text":"please"}`,
		`add a note`:                              `{"do":"add_note"}`,
		`add a text saying Chapter 2`:             `{"do":"add_text","text":"Chapter 2"}`,
		`add a heading`:                           `{"do":"add_text"}`,
		`add a prompt for a castle in the clouds`: `{"do":"add_prompt","text":"a castle in the clouds"}`,
		`new prompt`:                              `{"do":"add_prompt"}`,
		`
		comment that the sky is too dark
		add a comment saying the sky is too dark
		leave a comment on this saying the sky is too dark
		comment on this picture: the sky is too dark`: `{"do":"comment","of":["1"],"text":"the sky is too dark"}`,
		`
		delete this
		remove it
		remove this from the canvas
		delete
		throw this away`: `{"do":"delete","of":["1"],"confirm":true}`,
		`
		duplicate this
		copy it
		make a copy of this
		make a copy`: `{"do":"duplicate","of":["1"]}`,
		`select all`:             `{"do":"select","to":"all"}`,
		`select all the images`:  `{"do":"select","kind":"image","to":"all"}`,
		`select every note`:      `{"do":"select","kind":"note","to":"all"}`,
		`deselect everything`:    `{"do":"select","to":"none"}`,
		`select the last result`: `{"do":"select","of":["5"],"to":"records"}`,
	})
}

func TestLookingIsUnderstood(t *testing.T) {
	understood(t, studio(), map[string]string{
		`
		zoom to Ana
		Zoom to ana.
		zoom to Anna
		go to Ana Sousa
		take me to Ana
		where is Ana?
		show me what Ana is doing
		find Sousa
		show me Ana
		what is Ana doing?
		take me to where Ana is
		go to Ana's view
		could you zoom to Ana, please`: `{"do":"zoom","to":"member","member":3}`,
		`
		zoom to Jose
		zoom to josé`: `{"do":"zoom","to":"member","member":4}`,
		`
		zoom to Ben Weber
		find Weber`: `{"do":"zoom","to":"member","member":6}`,
		`zoom to Catharina`: `{"do":"zoom","to":"member","member":7}`,
		`zoom to 李小龍`:       `{"do":"zoom","to":"member","member":8}`,
		`follow Kathrina`:   `{"do":"follow","member":7}`,
		`
		stop following
		unfollow Ana
		stop following her`: `{"do":"unfollow"}`,
		`
		zoom in
		zoom in a bit
		closer`: `{"do":"zoom","to":"in"}`,
		`zoom out`: `{"do":"zoom","to":"out"}`,
		`
		zoom to everything
		show me everything
		zoom out to everything
		fit everything on the screen`: `{"do":"zoom","to":"all"}`,
		`
		open the queue
		show me the queue
		show my jobs`: `{"do":"show","panel":"queue"}`,
		`show the history`:        `{"do":"show","panel":"history"}`,
		`open comments`:           `{"do":"show","panel":"comments"}`,
		`who is here?`:            `{"do":"show","panel":"people"}`,
		`show keyboard shortcuts`: `{"do":"show","panel":"keys"}`,
		`close the panel`:         `{"do":"hide"}`,
	})
}

func TestBranchesAreUnderstood(t *testing.T) {
	understood(t, studio(), map[string]string{
		`
		make a branch called Winter ideas
		create a new branch named "Winter ideas".
		new branch Winter ideas
		Start a draft called Winter ideas, please`: `{"do":"make_branch","name":"Winter ideas"}`,
		`make a branch`: `{"do":"make_branch"}`,
		`
		go to main
		switch to main
		go back to the main branch
		back to main`: `{"do":"go_branch","branch":"main"}`,
		`
		go to night
		switch to the Night branch
		open the branch night
		go to branch knight`: `{"do":"go_branch","branch":"a"}`,
		`switch to summer`:                 `{"do":"go_branch","branch":"b"}`,
		`merge night`:                      `{"do":"merge_branch","branch":"a"}`,
		`merge the night branch into main`: `{"do":"merge_branch","branch":"a"}`,
		`compare night with main`:          `{"do":"compare","branch":"a"}`,
		`
		name this version First draft
		save this version as First draft
		make a version called First draft
		save this as First draft`: `{"do":"name_version","name":"First draft"}`,
	})
	onNight := studio()
	onNight.Branch = night
	understood(t, onNight, map[string]string{
		`
		merge this branch
		merge it into main
		merge`: `{"do":"merge_branch","branch":"a"}`,
		`
		what changed on this branch
		compare this with main`: `{"do":"compare","branch":"a"}`,
	})
}

func TestTheQueueAndTheCallAreUnderstood(t *testing.T) {
	understood(t, studio(), map[string]string{
		`
		cancel
		cancel that
		cancel my job
		stop generating
		cancel the last job`: `{"do":"cancel","job":"c"}`,
		`
		cancel the lighthouse
		stop generating the lighthouse
		cancel my lighthouse job`: `{"do":"cancel","job":"d"}`,
		`
		retry
		try again
		retry the last job
		retry the whale
		retry my last job`: `{"do":"retry","job":"e"}`,
		`
		cancel all my jobs
		clear my queue
		cancel everything`: `{"do":"clear_queue","confirm":true}`,
		`pause the queue`:  `{"do":"pause_queue"}`,
		`resume the queue`: `{"do":"resume_queue"}`,
		`
		mute me
		mute
		Mute my microphone please.
		turn off my mic
		turn my mic off`: `{"do":"mute"}`,
		`
		unmute
		unmute me
		turn my microphone back on`: `{"do":"unmute"}`,
		`deafen me`:     `{"do":"deafen"}`,
		`mute everyone`: `{"do":"deafen"}`,
		`undeafen`:      `{"do":"undeafen"}`,
		`
		mute Ana
		turn Ana's mic off`: `{"do":"mute_member","member":3}`,
		`remove José from the call`: `{"do":"remove_member","member":4,"confirm":true}`,
		`
		join the call
		start a voice call`: `{"do":"join_call"}`,
		`
		leave the call
		hang up`: `{"do":"leave_call","confirm":true}`,
		`record the call`: `{"do":"start_recording"}`,
		`stop recording`:  `{"do":"stop_recording"}`,
		`
		help
		what can I say?`: `{"do":"help"}`,
		`invite somebody`: `{"do":"invite"}`,
		`stop listening`:  `{"do":"stop_listening"}`,
	})
}

func TestYesAndNoAreAnswersWhenThePageAsked(t *testing.T) {
	asked := studio()
	asked.Asked = true
	understood(t, asked, map[string]string{
		`
		yes
		Yes, please.
		yes, delete it
		ok
		go ahead
		sure, do it`: `{"do":"yes"}`,
		`
		no
		no thanks
		cancel
		never mind`: `{"do":"no"}`,
		`undo`: `{"do":"undo","times":1}`,
	})
}
