/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import static io.rhapsode.web.query.Field.Type.ABSENCE;
import static io.rhapsode.web.query.Field.Type.ADDRESS;
import static io.rhapsode.web.query.Field.Type.BOOLEAN;
import static io.rhapsode.web.query.Field.Type.DECIMAL;
import static io.rhapsode.web.query.Field.Type.DELAY;
import static io.rhapsode.web.query.Field.Type.DESCRIPTION;
import static io.rhapsode.web.query.Field.Type.DURATION;
import static io.rhapsode.web.query.Field.Type.EXACT;
import static io.rhapsode.web.query.Field.Type.INTEGER;
import static io.rhapsode.web.query.Field.Type.NAME;
import static io.rhapsode.web.query.Field.Type.TEXT;
import static io.rhapsode.web.query.Field.Type.TIME;
import static io.rhapsode.web.query.Field.Type.USER;
import static io.rhapsode.web.query.Kind.CALLS;
import static io.rhapsode.web.query.Kind.LOGS;
import static io.rhapsode.web.query.Kind.MEDIA;
import static io.rhapsode.web.query.Kind.MESSAGES;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every name a query may use: the short ones of the table below, and the full ones of the index templates. */
public final class Fields {

    private static final String FROM = "sip.from.uri.username";
    private static final String TO = "sip.to.uri.username";
    private static final String URI = "sip.uri.username";
    private static final String ASSERTED = "rhapsode.asserted_identity.uri.username";
    private static final String A = "rhapsode.call.a_number";
    private static final String B = "rhapsode.call.b_number";

    private static final String ORIGINATOR = "rhapsode.originator.";

    /** Of a report's streams: true of the report if it is of any of them. */
    private static final String STREAM = "rhapsode.media.streams.";

    /** Of a call's streams: the worst of them. */
    private static final String QUALITY = "rhapsode.call.media.";

    static final String SESSION = "rhapsode.call.session";

    /** All calls of the sessions of those that it finds. */
    static final Field LEG = calls(
                    "leg", "b2b", EXACT, "sip.call_id", "Call-ID of a call or of any that is joined to it")
            .in(CALLS, "sip.call_id", "rhapsode.call.links.call_id", SESSION);

    private static final String HEADER = "header.";
    private static final String HEADERS = "rhapsode.headers.";

    /** In the order the help shows them. */
    public static final List<Field> SHORT = List.of(
            both("from", "", USER, FROM, "user of From"),
            both("to", "", USER, TO, "user of To"),
            messages("a", "caller", USER, "calling number", ASSERTED, FROM).in(CALLS, A),
            messages("b", "called", USER, "called number", URI, TO).in(CALLS, B),
            messages("number", "user", USER, "any number", FROM, TO, URI, ASSERTED)
                    .in(CALLS, FROM, TO, A, B),
            messages("ruri", "uri", USER, "user of the request URI", URI),
            messages("pid", "pai", USER, "user of P-Asserted-Identity", ASSERTED),
            messages("contact", "", USER, "user of Contact", "sip.contact.uri.username"),
            messages("auth", "", USER, "user of Authorization", "sip.auth.username"),
            every("callid", "call-id call_id cid", EXACT, "sip.call_id", "Call-ID"),
            LEG,
            calls("session", "", EXACT, SESSION, "Call-ID of the first leg of a call's session"),
            both("method", "", NAME, "sip.method", "method of the request"),
            both("code", "", INTEGER, "sip.code", "status code; 4xx for all of them"),
            both("status", "phrase", DESCRIPTION, "sip.status", "reason phrase"),
            both("ua", "agent useragent user-agent", DESCRIPTION, "sip.user_agent.original", "User-Agent or Server"),
            packets("ip", "", ADDRESS, "any address", "source.ip", "destination.ip")
                    .in(CALLS, "related.ip"),
            packets("src", "source", ADDRESS, "source address", "source.ip"),
            packets("dst", "dest destination", ADDRESS, "destination address", "destination.ip"),
            packets("port", "", INTEGER, "any port", "source.port", "destination.port"),
            packets("srcport", "", INTEGER, "source port", "source.port"),
            packets("dstport", "", INTEGER, "destination port", "destination.port"),
            every("node", "capture", NAME, "observer.name", "capture node"),
            both("site", "", NAME, "rhapsode.site", "site of the capture node"),
            calls("state", "", NAME, "rhapsode.call.state", "calling ringing answered ended failed cancelled"),
            calls("duration", "", DURATION, "rhapsode.call.duration_ms", "answer to end: duration:>30s"),
            calls("ring", "ringtime", DURATION, "rhapsode.call.ring_ms", "time of ringing"),
            calls("messages", "", INTEGER, "rhapsode.call.messages", "messages of the call"),
            calls("host", "hosts", NAME, "rhapsode.call.hosts", "address:port on the way")
                    .in(MEDIA, STREAM + "from", STREAM + "to"),
            calls("endedby", "", NAME, "rhapsode.call.ended_by", "caller or callee"),
            calls(
                    "endclass",
                    "class",
                    NAME,
                    "rhapsode.call.end_class",
                    "busy no-answer rejected unreachable timeout …"),
            calls("why", "", DESCRIPTION, "rhapsode.call.why", "why it ended as it did"),
            calls(
                    "srd",
                    "pdd",
                    DURATION,
                    "rhapsode.call.srd_successful_ms",
                    "post-dial delay: INVITE to the first reply but 100"),
            calls("sdd", "", DURATION, "rhapsode.call.sdd_ms", "BYE to its reply"),
            calls("rrd", "", DURATION, "rhapsode.call.rrd_ms", "REGISTER to its reply"),
            calls("retransmissions", "", INTEGER, "rhapsode.call.retransmissions", "messages that were sent again"),
            calls("duplicates", "", INTEGER, "rhapsode.call.duplicates", "messages that two capture nodes saw"),
            calls("dialogs", "", INTEGER, "rhapsode.call.dialogs", "more than 1: the call was forked"),
            calls("reinvites", "", INTEGER, "rhapsode.call.reinvites", "INVITEs within the call"),
            calls("transferred", "", NAME, "rhapsode.call.transferred_to", "where the call is transferred to"),
            calls("answer", "", TIME, "rhapsode.call.answer", "time of answer"),
            calls("end", "", TIME, "event.end", "time of end"),
            every("time", "begin", TIME, "@timestamp", "time of the packet or begin of the call"),
            messages("reason", "", DESCRIPTION, "Reason", "rhapsode.reason").in(CALLS, "rhapsode.call.end_reason"),
            messages("diversion", "", DESCRIPTION, "Diversion", "rhapsode.diversion"),
            messages("name", "display", DESCRIPTION, "display name", "sip.from.display_info", "sip.to.display_info"),
            both("fromhost", "", NAME, "sip.from.uri.host", "host of From"),
            both("tohost", "", NAME, "sip.to.uri.host", "host of To"),
            messages("urihost", "domain", NAME, "host of the request URI", "sip.uri.host"),
            messages("contacthost", "", NAME, "host of Contact", "sip.contact.uri.host"),
            messages("contactport", "", INTEGER, "port of Contact", "sip.contact.uri.port"),
            messages("fromtag", "", EXACT, "tag of From", "sip.from.tag"),
            messages("totag", "", EXACT, "tag of To", "sip.to.tag"),
            messages("tag", "", EXACT, "either tag", "sip.from.tag", "sip.to.tag"),
            messages("branch", "", EXACT, "branch of any Via", "sip.via.branch"),
            messages("via", "", NAME, "host of any Via", "sip.via.host", "sip.via.received"),
            messages("via1", "", DESCRIPTION, "first Via: SIP/2.0/UDP 10.0.0.1:5060", "rhapsode.top_via"),
            messages("originator", "oip", ADDRESS, "address in the last Via, or its received", ORIGINATOR + "ip"),
            messages("originatorport", "oport", INTEGER, "port in the last Via, or its rport", ORIGINATOR + "port"),
            messages("cseq", "", INTEGER, "number of CSeq", "sip.cseq.code"),
            messages("cseqmethod", "", NAME, "method of CSeq, in replies too", "sip.cseq.method"),
            messages("unique", "", ABSENCE, "unique:true: each message once, its first sighting", "rhapsode.repeat"),
            messages("repeat", "", NAME, "retransmission, sighting (on another hop) or duplicate", "rhapsode.repeat"),
            messages("type", "", NAME, "request or response", "sip.type"),
            packets("transport", "", NAME, "udp, tcp, tls, sctp", "network.transport"),
            messages("vlan", "", NAME, "VLAN", "network.vlan.id"),
            messages("contenttype", "content-type", DESCRIPTION, "Content-Type", "sip.content_type")
                    .in(LOGS, "rhapsode.log.content_type"),
            messages("expires", "", INTEGER, "Expires", "rhapsode.expires"),
            messages("media", "", NAME, "address:port in the SDP or of a stream", "rhapsode.media")
                    .in(MEDIA, STREAM + "from", STREAM + "to"),
            messages("codec", "codecs", NAME, "codec in the SDP or of a stream", "rhapsode.sdp.codec")
                    .in(MEDIA, STREAM + "codec")
                    .in(CALLS, "rhapsode.call.codecs_offered", "rhapsode.call.codecs_answered"),
            messages("hold", "", BOOLEAN, "hold:true: the SDP puts on hold", "rhapsode.sdp.hold")
                    .in(CALLS, "rhapsode.call.held"),
            messages("t38", "fax", BOOLEAN, "t38:true: fax in the SDP", "rhapsode.sdp.t38"),
            messages("mediatype", "", NAME, "audio, video, image, message in the SDP", "rhapsode.sdp.media"),
            messages("keying", "srtp", NAME, "sdes, dtls, zrtp: how the media is encrypted", "rhapsode.sdp.keying"),
            messages("sdp", "", NAME, "offer or answer", "rhapsode.sdp.role"),
            messages("cause", "q850", INTEGER, "cause of Reason by Q.850", "rhapsode.cause.q850")
                    .in(CALLS, "rhapsode.call.end_q850"),
            messages("sipcause", "", INTEGER, "SIP status code in Reason", "rhapsode.cause.sip")
                    .in(CALLS, "rhapsode.call.end_sip_cause"),
            messages("causetext", "", DESCRIPTION, "text of Reason, and what Q.850 calls it", "rhapsode.cause.text"),
            messages("ppi", "", USER, "user of P-Preferred-Identity", "rhapsode.preferred_identity.uri.username"),
            messages("rpid", "", USER, "user of Remote-Party-ID", "rhapsode.remote_party.uri.username"),
            messages(
                    "diverted",
                    "redirected",
                    USER,
                    "user of Diversion or History-Info",
                    "rhapsode.diverted_by.username",
                    "rhapsode.history.username"),
            messages("referto", "refer-to", USER, "user of Refer-To", "rhapsode.refer_to.uri.username"),
            messages("referredby", "referred-by", USER, "user of Referred-By", "rhapsode.referred_by.uri.username"),
            messages("replaces", "", EXACT, "Call-ID of Replaces", "rhapsode.replaces"),
            messages("join", "", EXACT, "Call-ID of Join", "rhapsode.join"),
            messages("sessionid", "session-id", EXACT, "either UUID of Session-ID", "rhapsode.session_id"),
            messages("icid", "", EXACT, "icid of P-Charging-Vector", "rhapsode.charging.icid"),
            messages("ioi", "", NAME, "operators in P-Charging-Vector", "rhapsode.charging.ioi"),
            messages("warning", "", INTEGER, "code of Warning", "rhapsode.warning.code"),
            messages("warningtext", "", DESCRIPTION, "text of Warning", "rhapsode.warning.text"),
            messages("retryafter", "retry-after", INTEGER, "seconds of Retry-After", "rhapsode.retry_after"),
            messages("event", "", NAME, "event package", "rhapsode.event"),
            messages("substate", "", NAME, "Subscription-State", "rhapsode.subscription.state"),
            messages("sessionexpires", "", INTEGER, "Session-Expires", "rhapsode.session.expires"),
            messages(
                    "attest",
                    "attestation",
                    NAME,
                    "A, B or C by Identity, unverified",
                    "rhapsode.passport.attestation"),
            messages("orig", "", USER, "caller by Identity, unverified", "rhapsode.passport.origin"),
            messages("access", "", NAME, "type of P-Access-Network-Info", "rhapsode.access_type"),
            messages("cell", "", DESCRIPTION, "anything in P-Access-Network-Info", "rhapsode.access_network"),
            messages("visited", "", DESCRIPTION, "P-Visited-Network-ID", "rhapsode.visited_network"),
            messages("route", "", NAME, "host in Route or Record-Route", "rhapsode.route", "rhapsode.record_route"),
            messages("realm", "", NAME, "realm of Authorization", "sip.auth.realm"),
            messages("defect", "defects", NAME, "what is wrong with the message", "rhapsode.defects"),
            messages("correlation", "", EXACT, "HEP correlation id", "rhapsode.correlation_id"),
            packets("sender", "", NAME, "who sent the HEP", "rhapsode.sender"),
            media("mos", "", DECIMAL, "mean opinion score of any stream: mos:<3.6", STREAM + "mos")
                    .in(CALLS, QUALITY + "mos_lowest"),
            media("r", "rfactor", DECIMAL, "R of the E-model", STREAM + "r_factor"),
            media("loss", "", DECIMAL, "packets lost, in percent: loss:>2", STREAM + "loss_percent")
                    .in(CALLS, QUALITY + "loss_percent_highest"),
            media("discard", "", DECIMAL, "packets discarded, in percent", STREAM + "discard_percent"),
            media("lost", "", INTEGER, "packets lost", STREAM + "packets_lost"),
            media("jitter", "", DELAY, "jitter in ms: jitter:>30", STREAM + "jitter_ms")
                    .in(CALLS, QUALITY + "jitter_ms_highest"),
            media("rtt", "roundtrip", DELAY, "round trip in ms: rtt:>200", STREAM + "round_trip_ms")
                    .in(CALLS, QUALITY + "round_trip_ms_highest"),
            media("ssrc", "", INTEGER, "SSRC of a stream", STREAM + "ssrc"),
            media("direction", "", NAME, "sent or received by who reports", STREAM + "direction"),
            media("computed", "", NAME, "what of a report was computed", STREAM + "computed"),
            media(
                    "report",
                    "",
                    NAME,
                    "rtcp, rtcp-json, qos-json, vq-rtcpxr, rtp-stat, hep-chunks",
                    "rhapsode.media.source"),
            media("contents", "", NAME, "SR, RR, XR, BYE, … in a report", "rhapsode.media.contents"),
            media("cname", "", DESCRIPTION, "CNAME of who reports", "rhapsode.media.cname"),
            logs("log", "", TEXT, "text of a log line or instant message", "message"),
            logs("kind", "", NAME, "log, msrp, xmpp, dns, cdr, …", "rhapsode.log.kind"),
            logs("level", "", NAME, "level of a log line", "log.level"),
            logs("frompath", "fromjid", DESCRIPTION, "sender of MSRP or XMPP", "rhapsode.log.from"),
            logs("topath", "tojid", DESCRIPTION, "receiver of MSRP or XMPP", "rhapsode.log.to"),
            logs("messageid", "message-id", EXACT, "Message-ID of MSRP, id of XMPP", "rhapsode.log.message_id"),
            packets("text", "", TEXT, "the whole text of the packet", "event.original"));

    /** Where the value stands written backwards, for search by its end. */
    private static final Map<String, String> REVERSED = Map.of(
            FROM, "rhapsode.reversed.from",
            TO, "rhapsode.reversed.to",
            URI, "rhapsode.reversed.uri",
            ASSERTED, "rhapsode.reversed.asserted_identity",
            A, "rhapsode.reversed.a_number",
            B, "rhapsode.reversed.b_number");

    /** By kind: types by full name. */
    private static final Map<Kind, Map<String, String>> TYPES =
            Stream.of(Kind.values()).collect(Collectors.toMap(kind -> kind, kind -> Mapping.of(kind.indices())));

    private static final Map<String, Field> BY_NAME = byName();

    private Fields() {}

    /** The field of this name, short or full, in any case; "header.x-cid" is the header the processor keeps so. */
    static Optional<Field> named(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith(HEADER) && lower.length() > HEADER.length()
                ? Optional.of(header(lower))
                : Optional.ofNullable(BY_NAME.get(lower));
    }

    private static Field header(String name) {
        return messages(name, "", NAME, "a header", HEADERS + name.substring(HEADER.length()));
    }

    /** True for a key of the field of type flattened: Elasticsearch finds those by their beginning only. */
    static boolean isHeader(String path) {
        return path.startsWith(HEADERS);
    }

    /** The name most like this one, if one is near: the same letters, or one edit for every three of them, two at most. */
    static Optional<String> like(String name) {
        String best = null;
        String lower = name.toLowerCase(Locale.ROOT);
        int least = Math.min(2, lower.length() / 3) + 1;
        for (String known : new TreeSet<>(BY_NAME.keySet())) {
            int distance = sameLetters(lower, known) ? 0 : distance(lower, known, least);
            if (distance < least) {
                best = known;
                least = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** The field that keeps this one's values backwards, if this kind has it. */
    static Optional<String> reversed(Kind kind, String path) {
        return Optional.ofNullable(REVERSED.get(path)).filter(TYPES.get(kind)::containsKey);
    }

    static boolean has(Kind kind, String path) {
        return TYPES.get(kind).containsKey(path);
    }

    /** The greatest number that Elasticsearch can compare with a field of whole numbers. */
    static long most(Kind kind, String path) {
        return switch (TYPES.get(kind).getOrDefault(path, "long")) {
            case "short" -> Short.MAX_VALUE;
            case "integer" -> Integer.MAX_VALUE;
            default -> Long.MAX_VALUE;
        };
    }

    private static Map<String, Field> byName() {
        var byName = new HashMap<String, Field>();
        for (Kind kind : Kind.values()) {
            TYPES.get(kind).forEach((path, type) -> byName.putIfAbsent(path, full(path, type)));
        }
        for (Field field : SHORT) {
            byName.put(field.name(), field);
            field.aliases().forEach(alias -> byName.put(alias, field));
        }
        return Map.copyOf(byName);
    }

    private static Field full(String path, String type) {
        Field field = field(path, "", typeOf(path, type), path);
        for (Kind kind : Kind.values()) {
            if (has(kind, path)) {
                field = field.in(kind, path);
            }
        }
        return field;
    }

    private static Field.Type typeOf(String path, String type) {
        return switch (type) {
            case "ip" -> ADDRESS;
            case "short", "integer", "long" -> INTEGER;
            case "float", "double" -> DECIMAL;
            case "date", "date_nanos" -> TIME;
            case "text" -> TEXT;
            case "boolean" -> BOOLEAN;
            default -> ofKeyword(path);
        };
    }

    /** As the short name compares that has just this path; a name's value is in any case, whichever of its names is used. */
    private static Field.Type ofKeyword(String path) {
        if (REVERSED.containsKey(path)) {
            return USER;
        }
        return SHORT.stream()
                .filter(field -> field.type() == NAME || field.type() == DESCRIPTION)
                .filter(field -> field.paths().values().stream().anyMatch(List.of(path)::equals))
                .map(Field::type)
                .findFirst()
                .orElse(EXACT);
    }

    /** Of documents of every kind. */
    private static Field every(String name, String aliases, Field.Type type, String path, String about) {
        return packets(name, aliases, type, about, path).in(CALLS, path);
    }

    /** Of calls and their messages. */
    private static Field both(String name, String aliases, Field.Type type, String path, String about) {
        return messages(name, aliases, type, about, path).in(CALLS, path);
    }

    /** Of every packet, whatever is in it. */
    private static Field packets(String name, String aliases, Field.Type type, String about, String... paths) {
        return messages(name, aliases, type, about, paths).in(MEDIA, paths).in(LOGS, paths);
    }

    private static Field messages(String name, String aliases, Field.Type type, String about, String... paths) {
        return field(name, aliases, type, about).in(MESSAGES, paths);
    }

    private static Field calls(String name, String aliases, Field.Type type, String path, String about) {
        return field(name, aliases, type, about).in(CALLS, path);
    }

    private static Field media(String name, String aliases, Field.Type type, String about, String path) {
        return field(name, aliases, type, about).in(MEDIA, path);
    }

    private static Field logs(String name, String aliases, Field.Type type, String about, String path) {
        return field(name, aliases, type, about).in(LOGS, path);
    }

    private static Field field(String name, String aliases, Field.Type type, String about) {
        return new Field(name, aliases.isEmpty() ? List.of() : List.of(aliases.split(" ")), type, Map.of(), about);
    }

    /** Letters that changed places are the commonest slip. */
    private static boolean sameLetters(String one, String other) {
        return Arrays.equals(
                one.chars().sorted().toArray(), other.chars().sorted().toArray());
    }

    /** Edits between two words (Levenshtein), or the limit if they are at least so many. */
    private static int distance(String one, String other, int limit) {
        if (Math.abs(one.length() - other.length()) >= limit) {
            return limit;
        }
        var row = new ArrayList<Integer>();
        for (int j = 0; j <= other.length(); j++) {
            row.add(j);
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row.set(0, i);
            for (int j = 1; j <= other.length(); j++) {
                int swap = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row.get(j);
                row.set(j, Math.min(swap, 1 + Math.min(diagonal, row.get(j - 1))));
            }
        }
        return Math.min(limit, row.get(other.length()));
    }
}
