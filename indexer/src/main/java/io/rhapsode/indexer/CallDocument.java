/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.Indices;
import io.rhapsode.schema.Link;
import io.rhapsode.schema.LinkRule;
import io.rhapsode.schema.MediaQuality;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** One document a call, its latest revision, fields as in the template {@link Indices#CALLS}. */
final class CallDocument {

    private CallDocument() {}

    static void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
        var call = Call.parseFrom(value);
        long opened = call.getOpenedAtUs();
        Document.action(
                json,
                names.of(
                        Indices.CALLS,
                        opened,
                        call.getOpenedReceivedAtUs() == 0 ? opened : call.getOpenedReceivedAtUs()),
                Document.idPart(call.getCallId()) + "-" + opened,
                call.getRevision(),
                "external");
        json.object().time("@timestamp", call.getBeginAtUs() == 0 ? opened : call.getBeginAtUs());
        json.object("event")
                .time("start", call.getBeginAtUs())
                .time("end", call.getEndAtUs())
                .end();
        json.object("observer").texts("name", call.getCaptureNodesList()).end();
        json.object("related").texts("ip", addresses(call.getHostsList())).end();
        sip(json, call);
        json.object("rhapsode").texts("site", call.getSitesList());
        call(json, call);
        json.object("reversed")
                .reversed("a_number", call.getANumber())
                .reversed("b_number", call.getBNumber())
                .reversed("from", call.getFromUser())
                .reversed("to", call.getToUser())
                .end();
        json.end().end().newline();
    }

    private static void sip(JsonBytes json, Call call) {
        json.object("sip")
                .text("call_id", call.getCallId())
                .text("method", call.getMethod())
                .numberUnlessZero("code", call.getFinalCode())
                .text("status", call.getFinalReason());
        party(json, "from", call.getFromUser(), call.getFromHost());
        party(json, "to", call.getToUser(), call.getToHost());
        json.object("user_agent")
                .texts("original", call.getUserAgentsList())
                .end()
                .end();
    }

    private static void party(JsonBytes json, String name, String user, String host) {
        json.object(name)
                .object("uri")
                .text("username", user)
                .text("host", host)
                .end()
                .end();
    }

    private static void call(JsonBytes json, Call call) {
        json.object("call")
                .text("state", state(call.getState()))
                .time("opened", call.getOpenedAtUs())
                .time("ringing", call.getRingingAtUs())
                .time("answer", call.getAnswerAtUs())
                .time("last", call.getLastAtUs())
                .text("a_number", call.getANumber())
                .text("b_number", call.getBNumber());
        if (call.hasRingMs()) {
            json.number("ring_ms", call.getRingMs());
        }
        if (call.hasDurationMs()) {
            json.number("duration_ms", call.getDurationMs());
        }
        json.integer("messages", call.getMessages())
                .texts("hosts", call.getHostsList())
                .text("end_reason", call.getEndReason())
                .text("ended_by", call.getEndedBy());
        end(json, call);
        times(json, call);
        course(json, call);
        media(json, call.getMedia());
        json.text("session", call.getSession());
        links(json, call, "links", true);
        links(json, call, "perhaps", false);
        json.end();
    }

    private static void links(JsonBytes json, Call call, String name, boolean asserted) {
        json.list(name);
        for (Link link : call.getLinksList()) {
            if (link.getAsserted() == asserted) {
                json.object()
                        .text("call_id", link.getCallId())
                        .text("rule", rule(link.getRule()))
                        .decimal("confidence", link.getConfidence())
                        .end();
            }
        }
        json.endList();
    }

    /** As words: "numbers-and-host"; empty for one that a newer writer knows and this does not. */
    private static String rule(LinkRule rule) {
        return switch (rule) {
            case LINK_RULE_UNSPECIFIED, UNRECOGNIZED -> "";
            default -> rule.name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
    }

    private static void end(JsonBytes json, Call call) {
        json.text("end_class", call.getEndClass())
                .text("why", call.getWhy())
                .numberUnlessZero("end_q850", call.getEndQ850())
                .text("end_q850_text", call.getEndQ850Text())
                .numberUnlessZero("end_sip_cause", call.getEndSipCause());
    }

    private static void times(JsonBytes json, Call call) {
        if (call.hasSrdSuccessfulMs()) {
            json.number("srd_successful_ms", call.getSrdSuccessfulMs());
        }
        if (call.hasSrdFailedMs()) {
            json.number("srd_failed_ms", call.getSrdFailedMs());
        }
        if (call.hasSddMs()) {
            json.number("sdd_ms", call.getSddMs());
        }
        if (call.hasRrdMs()) {
            json.number("rrd_ms", call.getRrdMs());
        }
    }

    /** Counts are written when they are 0 as well: to ask for those is to ask for calls without. */
    private static void course(JsonBytes json, Call call) {
        json.integer("retransmissions", call.getRetransmissions())
                .integer("further_sightings", call.getFurtherSightings())
                .integer("duplicates", call.getDuplicates())
                .text("a_number_after", call.getANumberAfter())
                .text("b_number_after", call.getBNumberAfter())
                .texts("codecs_offered", lowerCase(call.getCodecsOfferedList()))
                .texts("codecs_answered", lowerCase(call.getCodecsAnsweredList()))
                .numberUnlessZero("dialogs", call.getDialogs())
                .numberUnlessZero("reinvites", call.getReinvites())
                .flag("held", call.getHeld())
                .text("transferred_to", call.getTransferredTo())
                .text("replaces", call.getReplaces())
                .numberUnlessZero("bindings", call.getBindings());
        if (call.hasExpiresS()) {
            json.number("expires_s", Integer.toUnsignedLong(call.getExpiresS()));
        }
    }

    /** Nothing, not even the object, of a call that no report told of. */
    private static void media(JsonBytes json, MediaQuality media) {
        json.object("media").numberUnlessZero("reports", media.getReports());
        if (media.hasMosLowest()) {
            json.decimal("mos_lowest", media.getMosLowest())
                    .decimal("mos_mean", media.getMosMean())
                    .flag("mos_computed", media.getMosComputed());
        }
        if (media.hasLossPercentHighest()) {
            json.decimal("loss_percent_highest", media.getLossPercentHighest());
        }
        if (media.hasJitterMsHighest()) {
            json.decimal("jitter_ms_highest", media.getJitterMsHighest());
        }
        if (media.hasRoundTripMsHighest()) {
            json.decimal("round_trip_ms_highest", media.getRoundTripMsHighest());
        }
        json.end();
    }

    /** As messages have them: names of codecs are the same in any case (RFC 8866 section 6.6). */
    private static List<String> lowerCase(List<String> codecs) {
        return codecs.stream().map(codec -> codec.toLowerCase(Locale.ROOT)).toList();
    }

    /** The state in lower case; empty for one that a newer writer knows and this does not. */
    private static String state(CallState state) {
        return switch (state) {
            case CALL_STATE_UNSPECIFIED, UNRECOGNIZED -> "";
            default -> state.name().toLowerCase(Locale.ROOT);
        };
    }

    /** The addresses of "address:port" and "[address]:port"; what cannot be an address is left out. */
    private static Set<String> addresses(List<String> hosts) {
        var addresses = new LinkedHashSet<String>();
        for (String host : hosts) {
            int colon = host.lastIndexOf(':');
            boolean bracketed = host.startsWith("[") && colon > 1 && host.charAt(colon - 1) == ']';
            String address = bracketed ? host.substring(1, colon - 1) : host.substring(0, Math.max(colon, 0));
            if (isAddress(address)) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    private static boolean isAddress(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> c == '.' || c == ':' || Character.digit(c, 16) >= 0)
                && (text.indexOf('.') > 0 || text.indexOf(':') >= 0);
    }
}
