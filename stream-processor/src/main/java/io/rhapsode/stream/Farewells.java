/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.Farewell;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Reply;
import io.rhapsode.stream.state.Transaction;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Who hangs up on whom: the first BYE of each dialog (RFC 3261 section 15), and which of them ends the call. An INVITE
 * that was forked may be answered several times; callers hang up at once on all but one (RFC 3261 section 13.2.2.4).
 */
final class Farewells {

    /** More dialogs of one call than are hardly ever hung up on. */
    private static final int MOST_DIALOGS = 16;

    private static final Comparator<Farewell> BY_APPEARANCE = Comparator.comparing(Farewell::getReplied)
            .thenComparingLong(Farewell::getAtUs)
            .thenComparing(Farewell::getFromTag)
            .thenComparing(Farewell::getToTag)
            .thenComparing(Farewell::getReason);

    private Farewells() {}

    /** Keeps a BYE, or the reply to one that was not seen itself, if it is the first of its dialog. */
    static void add(OpenCall.Builder call, SipMessage message) {
        if (message.getMethod().equals("BYE")) {
            add(call, of(message));
        } else if (message.getCseqMethod().equals("BYE") && isEnd(message.getStatusCode())) {
            add(call, replied(message));
        }
    }

    /** RFC 3261 section 15.1.1: the dialog is over as well where the other side knows nothing of it any more. */
    private static boolean isEnd(int code) {
        return code / 100 == 2 || code == 481;
    }

    private static Farewell replied(SipMessage reply) {
        return Farewell.newBuilder()
                .setAtUs(reply.getAtUs())
                .setFromTag(reply.getFrom().getTag())
                .setToTag(reply.getTo().getTag())
                .setReplied(true)
                .build();
    }

    private static void add(OpenCall.Builder call, Farewell bye) {
        if (!call.hasBye()) {
            call.setBye(bye);
            return;
        }
        var first = call.getBye();
        call.setBye(earlier(first, bye));
        // Most calls have one dialog, and its BYE is kept once.
        if (call.getByesCount() > 0 || !dialog(first).equals(dialog(bye))) {
            addByDialog(call, first);
            addByDialog(call, bye);
        }
    }

    /** Of more dialogs the least are kept: which these are does not depend on the order in which they come. */
    private static void addByDialog(OpenCall.Builder call, Farewell bye) {
        String dialog = dialog(bye);
        int greatest = 0;
        for (int i = 0; i < call.getByesCount(); i++) {
            var known = call.getByes(i);
            if (dialog(known).equals(dialog)) {
                call.setByes(i, earlier(known, bye));
                return;
            }
            greatest = dialog(known).compareTo(dialog(call.getByes(greatest))) > 0 ? i : greatest;
        }
        if (call.getByesCount() < MOST_DIALOGS) {
            call.addByes(bye);
        } else if (dialog.compareTo(dialog(call.getByes(greatest))) < 0) {
            call.setByes(greatest, bye);
        }
    }

    /** Both tags, whichever side sends: its own is the From tag (RFC 3261 section 12.2.1.1). */
    private static String dialog(Farewell bye) {
        String from = bye.getFromTag();
        String to = bye.getToTag();
        return from.compareTo(to) < 0 ? from + " " + to : to + " " + from;
    }

    /** A BYE or CANCEL. */
    static Farewell of(SipMessage message) {
        return Farewell.newBuilder()
                .setAtUs(message.getAtUs())
                .setFromTag(message.getFrom().getTag())
                .setToTag(message.getTo().getTag())
                .setReason(String.join(", ", message.getReasonList()))
                .setQ850(CallAggregator.cause(message, "Q.850"))
                .setSipCause(CallAggregator.cause(message, "SIP"))
                .build();
    }

    /** The earlier of two, of which either may be null. */
    static Farewell earlier(Farewell one, Farewell other) {
        return one == null || other != null && BY_APPEARANCE.compare(other, one) < 0 ? other : one;
    }

    /**
     * The BYE that ended the call: the last of those of the dialogs that were answered, once each has one. Where it is not
     * known which were, and of a dialog that nobody saw begin, any BYE ends it.
     *
     * @param answered true if a 2xx was seen
     * @return null if nothing has ended it
     */
    static Farewell ending(OpenCall call, List<Transaction> attempts, boolean answered) {
        if (!call.hasBye()) {
            return null;
        }
        if (attempts.stream().allMatch(attempt -> attempt.getAnsweredTagsCount() == 0)) {
            return answered ? call.getBye() : firstOfOthers(call, attempts);
        }
        Farewell ending = null;
        for (Farewell bye : byes(call)) {
            boolean known =
                    attempts.stream().anyMatch(attempt -> isOneOf(bye, attempt.getFromTag(), attempt.getToTagsList()));
            ending = known ? ending : earlier(ending, bye);
        }
        // A back-to-back user agent may keep the Call-ID: its legs are over with the first that is.
        for (String fromTag : fromTags(attempts)) {
            var dialogs = tags(attempts, fromTag, Transaction::getAnsweredTagsList);
            ending = earlier(ending, lastOfAll(call, fromTag, dialogs));
        }
        return ending;
    }

    /** The first that is not the caller's in an early dialog: the call was answered unseen. */
    private static Farewell firstOfOthers(OpenCall call, List<Transaction> attempts) {
        Farewell first = null;
        for (Farewell bye : byes(call)) {
            boolean early = attempts.stream()
                    .anyMatch(attempt -> attempt.getFromTag().equals(bye.getFromTag())
                            && isOneOf(bye, attempt.getFromTag(), attempt.getToTagsList()));
            first = early ? first : earlier(first, bye);
        }
        return first;
    }

    /**
     * The BYE by which the caller gave up before an answer: it may send one in an early dialog, the callee must not
     * (RFC 3261 section 15). The last of the early dialogs', once each has one; the first if the INVITE was terminated.
     *
     * @param failure the final reply to the attempt, or null
     * @return null if there is none, or the attempt had failed by itself before
     */
    static Farewell givingUp(OpenCall call, List<Transaction> attempt, Reply failure) {
        if (!call.hasBye() || attempt.isEmpty()) {
            return null;
        }
        boolean terminated = failure != null && failure.getCode() == CallOutcome.TERMINATED;
        String caller = attempt.get(0).getFromTag();
        var early = tags(attempt, caller, Transaction::getToTagsList);
        Farewell bye = terminated ? firstOf(call, caller, early) : lastOfAll(call, caller, early);
        boolean late = failure != null && !terminated && bye != null && failure.getAtUs() < bye.getAtUs();
        return bye == null || late || !bye.getFromTag().equals(caller) ? null : bye;
    }

    private static Farewell firstOf(OpenCall call, String fromTag, Set<Integer> toTags) {
        return byes(call).stream()
                .filter(bye -> isOneOf(bye, fromTag, toTags))
                .min(BY_APPEARANCE)
                .orElse(null);
    }

    private static List<Farewell> byes(OpenCall call) {
        return call.getByesCount() > 0 ? call.getByesList() : List.of(call.getBye());
    }

    private static Set<String> fromTags(List<Transaction> attempts) {
        var tags = new HashSet<String>();
        attempts.forEach(attempt -> tags.add(attempt.getFromTag()));
        return tags;
    }

    private static Set<Integer> tags(
            List<Transaction> attempts, String fromTag, Function<Transaction, List<Integer>> tagsOf) {
        var tags = new HashSet<Integer>();
        for (Transaction attempt : attempts) {
            if (attempt.getFromTag().equals(fromTag)) {
                tags.addAll(tagsOf.apply(attempt));
            }
        }
        return tags;
    }

    /** The last of the BYEs of these dialogs; null if there is none, or one of them has no BYE. */
    private static Farewell lastOfAll(OpenCall call, String fromTag, Set<Integer> toTags) {
        Farewell last = null;
        for (int toTag : toTags) {
            Farewell bye = byes(call).stream()
                    .filter(each -> isOneOf(each, fromTag, List.of(toTag)))
                    .findFirst()
                    .orElse(null);
            if (bye == null) {
                return null;
            }
            last = last == null || BY_APPEARANCE.compare(bye, last) > 0 ? bye : last;
        }
        return last;
    }

    private static boolean isOneOf(Farewell bye, String fromTag, Collection<Integer> toTags) {
        return bye.getFromTag().equals(fromTag) && toTags.contains(Transactions.tag(bye.getToTag()))
                || bye.getToTag().equals(fromTag) && toTags.contains(Transactions.tag(bye.getFromTag()));
    }
}
