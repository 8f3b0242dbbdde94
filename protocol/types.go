package protocol

// Version is the protocol version sent in hello. A server closes with [CloseVersion] on any other.
const Version = 1

// Subprotocol is the WebSocket subprotocol (RFC 6455 §1.9) both sides must name.
const Subprotocol = "atelier.v1"

// Type is the first element of every message.
type Type uint8

// Messages from client to server. All but hello and cursor carry a request id and get exactly one reply.
const (
	TypeHello      Type = 1  // [1 {Hello}]; the first message, within 5 s
	TypeCursor     Type = 2  // [2 x y]; canvas coordinates; no reply
	TypePing       Type = 3  // [3 req {}]; ok {}
	TypePresence   Type = 4  // [4 req {patch}]; ok {}
	TypeEvent      Type = 5  // [5 req {Event}]; ok {}
	TypeChange     Type = 6  // [6 req {Change}]; ok {ChangeResult}, after it is durable
	TypeJobEnqueue Type = 16 // [16 req {JobRequest}]; ok {Job}, after it is durable
	TypeJobCancel  Type = 17 // [17 req {JobRef}]; ok {Job}
	TypeJobRetry   Type = 18 // [18 req {JobRef}]; ok {Job}
)

// Messages about the queue, and those of workers, from client to server.
const (
	TypeJobMove    Type = 19 // [19 req {JobMove}]; ok {Job}
	TypeJobApprove Type = 20 // [20 req {JobRef}]; ok {Job}
	TypeJobRate    Type = 21 // [21 req {JobRating}]; ok {Job}
	TypeQueueSet   Type = 22 // [22 req {QueuePatch}]; ok {QueueInfo}
	TypeQueueClear Type = 23 // [23 req {QueueClear}]; ok {jobs: number of cancelled ones}
	TypeWorkOffer  Type = 24 // [24 req {WorkOffer}]; ok {}
	TypeWorkReport Type = 25 // [25 req {WorkReport}]; ok {}
	TypeWorkEnd    Type = 26 // [26 req {WorkEnd}]; ok {Job}, after it is durable
)

// Messages of the room's call, from client to server. The server alone offers (RFC 8829): who wants media asks for an offer.
const (
	TypeVoiceJoin      Type = 32 // [32 req {VoicePatch}]; ok {VoiceOffer}
	TypeVoiceAnswer    Type = 33 // [33 req {VoiceAnswer}]; ok {}
	TypeVoiceCandidate Type = 34 // [34 req {VoiceCandidate}]; ok {}
	TypeVoiceSet       Type = 35 // [35 req {VoicePatch}]; ok {}
	TypeVoiceRestart   Type = 36 // [36 req {}]; ok {VoiceOffer}, of a new ICE session over the same media
	TypeVoiceLeave     Type = 37 // [37 req {}]; ok {}
	TypeVoiceModerate  Type = 38 // [38 req {VoiceModeration}]; ok {}
	TypeVoiceRecord    Type = 39 // [39 req {RecordingPatch}]; ok {Recording}
	TypeVoiceConsent   Type = 40 // [40 req {VoiceConsent}]; ok {Recording}
)

// Messages from server to client.
const (
	TypeWelcome  Type = 64 // [64 {Welcome}]; the answer to hello
	TypeOK       Type = 65 // [65 req {…}]
	TypeError    Type = 66 // [66 req|nil {Error}]
	TypeLive     Type = 67 // [67 rev]; the snapshot or the missed changes are complete up to rev
	TypeMembers  Type = 68 // [68 {Members}]; joins, leaves and role changes of one tick
	TypeChanges  Type = 69 // [69 [rev branch session user at id writes also?]…]; in revision order, to everybody, its authors included, before their ok
	TypeSnapshot Type = 70 // [70 [id kind {prop: value}]…]; one page of records
	TypeJob      Type = 71 // [71 {Job}]; the job as it is now
	TypeNotice   Type = 72 // [72 {Notice}]; an app-defined event from a member
	TypeRoom     Type = 73 // [73 {RoomInfo}]; the room was renamed or its settings changed
	TypeOverlay  Type = 74 // [74 branch [record prop value base]…]; cells of a branch, after the pages of a snapshot
	TypeQueue    Type = 75 // [75 {QueueInfo}]; the settings and workers of the room's queue
	TypeWork     Type = 76 // [76 {Work}]; a job for this worker
	TypeWorkStop Type = 77 // [77 {WorkRef}]; the attempt is not wanted any more

	TypeSlots     Type = 78 // [78 {VoiceSlots}]; to who is in the call: whose voice each slot carries
	TypeRecording Type = 79 // [79 {Recording}]; to everybody: the recording of the call as it is now

	// Latest-wins lane.
	TypeCursors  Type = 80 // [80 m x y m x y …]; newest positions by member number
	TypeStates   Type = 81 // [81 m {presence} m {presence} …]; whole presence maps by member number
	TypeProgress Type = 82 // [82 [job attempt fraction preview|nil]…]
	TypeSpeaking Type = 83 // [83 m level m level …]; how loud who speaks, 0–9
)
