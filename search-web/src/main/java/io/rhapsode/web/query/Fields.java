/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import static io.rhapsode.web.query.Field.Type.ADDRESS;
import static io.rhapsode.web.query.Field.Type.DESCRIPTION;
import static io.rhapsode.web.query.Field.Type.DURATION;
import static io.rhapsode.web.query.Field.Type.EXACT;
import static io.rhapsode.web.query.Field.Type.INTEGER;
import static io.rhapsode.web.query.Field.Type.NAME;
import static io.rhapsode.web.query.Field.Type.TEXT;
import static io.rhapsode.web.query.Field.Type.TIME;
import static io.rhapsode.web.query.Field.Type.USER;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Every name a query may use: the short ones of the table below, and the full ones of the index templates. */
public final class Fields {

    private static final String FROM = "sip.from.uri.username";
    private static final String TO = "sip.to.uri.username";
    private static final String URI = "sip.uri.username";
    private static final String ASSERTED = "rhapsode.asserted_identity.uri.username";
    private static final String A = "rhapsode.call.a_number";
    private static final String B = "rhapsode.call.b_number";

    private static final String HEADER = "header.";
    private static final String HEADERS = "rhapsode.headers.";

    private static final List<String> NONE = List.of();

    /** In the order the help shows them. */
    public static final List<Field> SHORT = List.of(
            both("from", "", USER, FROM, "user of From"),
            both("to", "", USER, TO, "user of To"),
            field("a", "caller", USER, List.of(ASSERTED, FROM), List.of(A), "calling number"),
            field("b", "called", USER, List.of(URI, TO), List.of(B), "called number"),
            field("number", "user", USER, List.of(FROM, TO, URI, ASSERTED), List.of(FROM, TO, A, B), "any number"),
            messages("ruri", "uri", USER, "user of the request URI", URI),
            messages("pid", "pai", USER, "user of P-Asserted-Identity", ASSERTED),
            messages("contact", "", USER, "user of Contact", "sip.contact.uri.username"),
            messages("auth", "", USER, "user of Authorization", "sip.auth.username"),
            both("callid", "call-id call_id cid", EXACT, "sip.call_id", "Call-ID"),
            both("method", "", NAME, "sip.method", "method of the request"),
            both("code", "", INTEGER, "sip.code", "status code; 4xx for all of them"),
            both("status", "phrase", DESCRIPTION, "sip.status", "reason phrase"),
            both("ua", "agent useragent user-agent", DESCRIPTION, "sip.user_agent.original", "User-Agent or Server"),
            field("ip", "", ADDRESS, List.of("source.ip", "destination.ip"), List.of("related.ip"), "any address"),
            messages("src", "source", ADDRESS, "source address", "source.ip"),
            messages("dst", "dest destination", ADDRESS, "destination address", "destination.ip"),
            messages("port", "", INTEGER, "any port", "source.port", "destination.port"),
            messages("srcport", "", INTEGER, "source port", "source.port"),
            messages("dstport", "", INTEGER, "destination port", "destination.port"),
            both("node", "capture", NAME, "observer.name", "capture node"),
            both("site", "", NAME, "rhapsode.site", "site of the capture node"),
            calls("state", "", NAME, "rhapsode.call.state", "calling ringing answered ended failed cancelled"),
            calls("duration", "", DURATION, "rhapsode.call.duration_ms", "answer to end: duration:>30s"),
            calls("ring", "ringtime", DURATION, "rhapsode.call.ring_ms", "time of ringing"),
            calls("messages", "", INTEGER, "rhapsode.call.messages", "messages of the call"),
            calls("host", "hosts", NAME, "rhapsode.call.hosts", "address:port on the way"),
            calls("endedby", "", NAME, "rhapsode.call.ended_by", "caller or callee"),
            calls(
                    "endclass",
                    "class",
                    NAME,
                    "rhapsode.call.end_class",
                    "busy no-answer rejected unreachable timeout …"),
            calls("why", "", DESCRIPTION, "rhapsode.call.why", "why it ended as it did"),
            calls("srd", "pdd", DURATION, "rhapsode.call.srd_successful_ms", "post-dial delay: INVITE to ringing"),
            calls("sdd", "", DURATION, "rhapsode.call.sdd_ms", "BYE to its reply"),
            calls("rrd", "", DURATION, "rhapsode.call.rrd_ms", "REGISTER to its reply"),
            calls("retransmissions", "", INTEGER, "rhapsode.call.retransmissions", "messages that were sent again"),
            calls("duplicates", "", INTEGER, "rhapsode.call.duplicates", "messages that two capture nodes saw"),
            calls("dialogs", "", INTEGER, "rhapsode.call.dialogs", "more than 1: the call was forked"),
            calls("reinvites", "", INTEGER, "rhapsode.call.reinvites", "INVITEs within the call"),
            calls("transferred", "", NAME, "rhapsode.call.transferred_to", "where the call is transferred to"),
            calls("answer", "", TIME, "rhapsode.call.answer", "time of answer"),
            calls("end", "", TIME, "event.end", "time of end"),
            both("time", "begin", TIME, "@timestamp", "time of message or begin of call"),
            field("reason", "", DESCRIPTION, List.of("rhapsode.reason"), List.of("rhapsode.call.end_reason"), "Reason"),
            messages("diversion", "", DESCRIPTION, "Diversion", "rhapsode.diversion"),
            messages("name", "display", DESCRIPTION, "display name", "sip.from.display_info", "sip.to.display_info"),
            both("fromhost", "", NAME, "sip.from.uri.host", "host of From"),
            both("tohost", "", NAME, "sip.to.uri.host", "host of To"),
            messages("urihost", "domain", NAME, "host of the request URI", "sip.uri.host"),
            messages("contacthost", "", NAME, "host of Contact", "sip.contact.uri.host"),
            messages("fromtag", "", EXACT, "tag of From", "sip.from.tag"),
            messages("totag", "", EXACT, "tag of To", "sip.to.tag"),
            messages("tag", "", EXACT, "either tag", "sip.from.tag", "sip.to.tag"),
            messages("branch", "", EXACT, "branch of any Via", "sip.via.branch"),
            messages("via", "", NAME, "host of any Via", "sip.via.host", "sip.via.received"),
            messages("cseq", "", INTEGER, "number of CSeq", "sip.cseq.code"),
            messages("cseqmethod", "", NAME, "method of CSeq, in replies too", "sip.cseq.method"),
            messages("type", "", NAME, "request or response", "sip.type"),
            messages("transport", "", NAME, "udp, tcp, tls, sctp", "network.transport"),
            messages("vlan", "", NAME, "VLAN", "network.vlan.id"),
            messages("contenttype", "content-type", DESCRIPTION, "Content-Type", "sip.content_type"),
            messages("expires", "", INTEGER, "Expires", "rhapsode.expires"),
            messages("media", "", NAME, "address:port in the SDP", "rhapsode.media"),
            field(
                    "codec",
                    "codecs",
                    NAME,
                    List.of("rhapsode.sdp.codec"),
                    List.of("rhapsode.call.codecs_offered", "rhapsode.call.codecs_answered"),
                    "codec in the SDP"),
            field(
                    "hold",
                    "",
                    EXACT,
                    List.of("rhapsode.sdp.hold"),
                    List.of("rhapsode.call.held"),
                    "hold:true: the SDP puts on hold"),
            messages("t38", "fax", EXACT, "t38:true: fax in the SDP", "rhapsode.sdp.t38"),
            messages("mediatype", "", NAME, "audio, video, image, message in the SDP", "rhapsode.sdp.media"),
            messages("keying", "srtp", NAME, "sdes, dtls, zrtp: how the media is encrypted", "rhapsode.sdp.keying"),
            messages("sdp", "", NAME, "offer or answer", "rhapsode.sdp.role"),
            field(
                    "cause",
                    "q850",
                    INTEGER,
                    List.of("rhapsode.cause.q850"),
                    List.of("rhapsode.call.end_q850"),
                    "cause of Reason by Q.850"),
            field(
                    "sipcause",
                    "",
                    INTEGER,
                    List.of("rhapsode.cause.sip"),
                    List.of("rhapsode.call.end_sip_cause"),
                    "SIP status code in Reason"),
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
            messages("sender", "", NAME, "who sent the HEP", "rhapsode.sender"),
            messages("text", "", TEXT, "the whole message", "event.original"));

    /** Where the value stands written backwards, for search by its end. */
    private static final Map<String, String> REVERSED = Map.of(
            FROM, "rhapsode.reversed.from",
            TO, "rhapsode.reversed.to",
            URI, "rhapsode.reversed.uri",
            ASSERTED, "rhapsode.reversed.asserted_identity",
            A, "rhapsode.reversed.a_number",
            B, "rhapsode.reversed.b_number");

    private static final Map<Kind, Map<String, String>> TYPES =
            Map.of(Kind.MESSAGES, Mapping.of(Kind.MESSAGES.indices()), Kind.CALLS, Mapping.of(Kind.CALLS.indices()));

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

    /** The name most like this one, if one is near. */
    static Optional<String> like(String name) {
        String best = null;
        int least = 3;
        String lower = name.toLowerCase(Locale.ROOT);
        for (String known : new TreeSet<>(BY_NAME.keySet())) {
            int distance = sameLetters(lower, known) ? 1 : distance(lower, known, least);
            if (distance < least && distance < known.length()) {
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
        return new Field(
                path,
                NONE,
                typeOf(path, type),
                has(Kind.MESSAGES, path) ? List.of(path) : NONE,
                has(Kind.CALLS, path) ? List.of(path) : NONE,
                path);
    }

    private static Field.Type typeOf(String path, String type) {
        return switch (type) {
            case "ip" -> ADDRESS;
            case "short", "integer", "long" -> INTEGER;
            case "date", "date_nanos" -> TIME;
            case "text" -> TEXT;
            default -> REVERSED.containsKey(path) ? USER : EXACT;
        };
    }

    private static Field both(String name, String aliases, Field.Type type, String path, String about) {
        return field(name, aliases, type, List.of(path), List.of(path), about);
    }

    private static Field messages(String name, String aliases, Field.Type type, String about, String... paths) {
        return field(name, aliases, type, List.of(paths), NONE, about);
    }

    private static Field calls(String name, String aliases, Field.Type type, String path, String about) {
        return field(name, aliases, type, NONE, List.of(path), about);
    }

    private static Field field(
            String name, String aliases, Field.Type type, List<String> messages, List<String> calls, String about) {
        return new Field(name, aliases.isEmpty() ? NONE : List.of(aliases.split(" ")), type, messages, calls, about);
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
