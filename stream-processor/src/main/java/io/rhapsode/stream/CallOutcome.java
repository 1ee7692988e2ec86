/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.stream.state.Farewell;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Reply;
import io.rhapsode.stream.state.Transaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the messages of one Call-ID say together: how far it has come, and the reply and the farewell that decided it.
 *
 * <p>A call that crosses proxies is seen as several transactions, and proxies fork and cancel on their own. What
 * counts is what the caller was told: the replies on the hop nearest to the caller. An answer counts
 * wherever it was seen.
 *
 * @param ringingAtUs first 180, 0 if none
 * @param success first 2xx to the first request, or null; without a code if only its ACK was seen
 * @param failure final failure the caller was told, or null; set only where there is no success, likewise
 * @param farewell the BYE or CANCEL that ended it, or null
 * @param unanswered true if nothing more is waited for, and neither a final reply nor a farewell came
 */
record CallOutcome(
        CallState state, long ringingAtUs, Reply success, Reply failure, Farewell farewell, boolean unanswered) {

    /** What an INVITE is told that was ended by a CANCEL or BYE (RFC 3261 section 21.4.25). */
    static final int TERMINATED = 487;

    /** What a proxy passes on where branches fail differently: a 6xx, else the lowest (RFC 3261 section 16.7). */
    private static final Comparator<Reply> BEST_FAILURE = Comparator.<Reply>comparingInt(
                    reply -> reply.getCode() >= 600 ? 0 : reply.getCode())
            .thenComparingLong(Reply::getAtUs)
            .thenComparing(Reply::getReason);

    /**
     * @param outOfTime true if nothing more is waited for: an unanswered call has failed, an answered one is over
     */
    static CallOutcome of(OpenCall call, boolean outOfTime) {
        var attempts = attempts(call);
        var last = lastAttempt(attempts);
        if (!isCall(call)) {
            return ofExchange(call, last, outOfTime);
        }
        Reply success = success(attempts);
        if (success == null) {
            success = acknowledged(call, last, false);
        }
        Reply failure = success == null ? failure(last, outOfTime) : null;
        if (success == null && failure == null) {
            failure = acknowledged(call, last, true);
        }
        Farewell cancel =
                success == null ? Farewells.earlier(cancel(last), Farewells.givingUp(call, last, failure)) : null;
        Farewell bye = Farewells.ending(call, attempts, success != null);
        long ringing = ringing(attempts);
        var state = state(call, attempts, success, failure, cancel, bye, ringing, outOfTime);
        Farewell farewell =
                switch (state) {
                    case ENDED -> bye;
                    case CANCELLED -> cancel;
                    default -> null;
                };
        boolean unanswered = state == CallState.FAILED && failure == null;
        return new CallOutcome(state, ringing, success, failure, farewell, unanswered);
    }

    /** Of a registration or the like, which goes on under one Call-ID: what became of the latest request. */
    private static CallOutcome ofExchange(OpenCall call, List<Transaction> last, boolean outOfTime) {
        boolean registers = call.getOpening().getMethod().equals("REGISTER");
        Reply success = success(last);
        Reply failure = success == null ? failure(last, outOfTime) : null;
        boolean unanswered = outOfTime && success == null && failure == null && !last.isEmpty();
        return new CallOutcome(
                registers ? CallState.REGISTRATION : CallState.OTHER, 0, success, failure, null, unanswered);
    }

    private static CallState state(
            OpenCall call,
            List<Transaction> attempts,
            Reply success,
            Reply failure,
            Farewell cancel,
            Farewell bye,
            long ringing,
            boolean outOfTime) {
        if (success != null) {
            return bye != null || outOfTime ? CallState.ENDED : CallState.ANSWERED;
        }
        if (cancel != null) {
            return CallState.CANCELLED;
        }
        if (failure != null) {
            return CallState.FAILED;
        }
        if (bye != null) {
            return CallState.ENDED;
        }
        if (attempts.isEmpty()) {
            // Only a re-INVITE was seen: the call was answered before anyone looked.
            return outOfTime ? CallState.ENDED : CallState.ANSWERED;
        }
        if (outOfTime) {
            return CallState.FAILED;
        }
        return ringing != 0 ? CallState.RINGING : CallState.CALLING;
    }

    /** A call even where the INVITE was not captured: BYE and CANCEL are sent for nothing else. */
    static boolean isCall(OpenCall call) {
        if (call.hasBye()) {
            return true;
        }
        for (var transaction : call.getTransactionsList()) {
            if (transaction.getMethod().equals("INVITE")) {
                return true;
            }
        }
        return false;
    }

    /**
     * The transactions that try to begin it, as {@link HopOrder} sorts them, and behind those of each request the hops on
     * which only replies to it were captured; where no such request was captured, all of which only replies were.
     */
    static List<Transaction> attempts(OpenCall call) {
        String method = isCall(call) ? "INVITE" : call.getOpening().getMethod();
        var initial = new ArrayList<Transaction>(call.getTransactionsCount());
        var onlyReplies = new ArrayList<Transaction>();
        for (var transaction : call.getTransactionsList()) {
            if (!transaction.getMethod().equals(method)) {
                continue;
            }
            if (transaction.getInitialAtUs() != 0) {
                initial.add(transaction);
            } else if (transaction.getInDialogAtUs() == 0) {
                onlyReplies.add(transaction);
            }
        }
        HopOrder.sort(initial);
        HopOrder.sort(onlyReplies);
        if (initial.isEmpty()) {
            return onlyReplies;
        }
        for (var hop : onlyReplies) {
            int last = lastOfRequest(initial, hop);
            if (last >= 0) {
                initial.add(last + 1, hop);
            }
        }
        return initial;
    }

    /** Where the last hop of the same request stands: what has another CSeq or From tag may be of a re-INVITE. */
    private static int lastOfRequest(List<Transaction> attempts, Transaction hop) {
        int last = attempts.size() - 1;
        while (last >= 0
                && !(attempts.get(last).getCseq() == hop.getCseq()
                        && attempts.get(last).getFromTag().equals(hop.getFromTag()))) {
            last--;
        }
        return last;
    }

    /**
     * The transactions, the caller's hop first, of the caller's last attempt: one that was challenged (401, 407), or
     * refused in another way the caller can mend, is tried again with a higher CSeq (RFC 3261 section 8.1.3.5).
     */
    static List<Transaction> lastAttempt(List<Transaction> attempts) {
        if (attempts.size() < 2) {
            return attempts;
        }
        var first = attempts.get(0);
        // Of calls, not of registrations: phones are seen that register again with a new tag.
        boolean oneCaller = first.getMethod().equals("INVITE");
        var callers = attempts.stream()
                .filter(attempt -> !oneCaller || attempt.getFromTag().equals(first.getFromTag()))
                .toList();
        int last = callers.stream().mapToInt(Transaction::getCseq).max().orElseThrow();
        var latest =
                callers.stream().filter(attempt -> attempt.getCseq() == last).toList();
        if (oneCaller) {
            return latest;
        }
        // With a new tag, and perhaps the same CSeq: a phone that was started anew.
        String tag = latest.get(latest.size() - 1).getFromTag();
        return latest.stream()
                .filter(attempt -> attempt.getFromTag().equals(tag))
                .toList();
    }

    private static Reply success(List<Transaction> attempts) {
        Reply first = null;
        for (var attempt : attempts) {
            if (attempt.hasSuccess()) {
                first = Transactions.earlier(first, attempt.getSuccess());
            }
        }
        return first;
    }

    /**
     * What an ACK tells where no final reply is captured: that of a 2xx has a branch of its own, that of a failure the
     * branch of its INVITE (RFC 3261 sections 13.2.2.4 and 17.1.1.3).
     *
     * @return a reply without a code, at the time of its ACK; null if there is none
     */
    private static Reply acknowledged(OpenCall call, List<Transaction> last, boolean failed) {
        if (last.isEmpty() || last.get(0).getInitialAtUs() == 0) {
            return null;
        }
        var first = last.get(0);
        return call.getTransactionsList().stream()
                .filter(ack -> ack.getMethod().equals("ACK")
                        && ack.getCseq() == first.getCseq()
                        && ack.getFromTag().equals(first.getFromTag())
                        && ack.getBranch().startsWith("z9hG4bK"))
                .filter(ack -> failed
                        ? ack.getBranch().equals(first.getBranch())
                        : last.stream().noneMatch(hop -> hop.getBranch().equals(ack.getBranch())))
                .map(ack -> Reply.newBuilder().setAtUs(ack.getInDialogAtUs()).build())
                .min(Transactions.REPLIES)
                .orElse(null);
    }

    private static long ringing(List<Transaction> attempts) {
        long first = 0;
        for (var attempt : attempts) {
            first = CallAggregator.earliest(first, attempt.getRingingAtUs());
        }
        return first;
    }

    private static Reply failure(List<Transaction> attempt, boolean outOfTime) {
        if (attempt.isEmpty()) {
            return null;
        }
        var callersHop = callersHop(attempt);
        if (!isBlind(callersHop)) {
            boolean pending = sentBy(attempt).stream()
                    .anyMatch(hop -> hop.getRepliedAtUs() != 0 && !hop.hasFailure() && !hop.hasCancel());
            return pending || !callersHop.hasFailure() ? null : callersHop.getFailure();
        }
        if (callersHop != attempt.get(0) && !outOfTime) {
            return null;
        }
        // Nothing came back where the caller is: nobody captures there, or only one way. Then the other hops tell,
        // once none of them is waiting any more.
        return attempt.stream().anyMatch(hop -> isWaiting(hop, outOfTime))
                ? null
                : attempt.stream()
                        .filter(Transaction::hasFailure)
                        .map(Transaction::getFailure)
                        .min(BEST_FAILURE)
                        .orElse(null);
    }

    /** What has rung for ever has not failed because another one has. */
    private static boolean isWaiting(Transaction hop, boolean outOfTime) {
        boolean underWay = hop.getRingingAtUs() != 0 || hop.getSessionProgressAtUs() != 0;
        return hop.getRepliedAtUs() != 0 && !hop.hasFailure() && (!outOfTime || underWay);
    }

    private static Farewell cancel(List<Transaction> attempt) {
        if (attempt.isEmpty()) {
            return null;
        }
        var callersHop = callersHop(attempt);
        Farewell cancel = null;
        for (var hop : attempt) {
            // A CANCEL further on may be a proxy's, which goes on trying elsewhere.
            boolean callers = hop == callersHop || isBlind(callersHop);
            if (callers && hop.hasCancel() && !isFinal(hop, hop.getCancel().getAtUs())) {
                cancel = Farewells.earlier(cancel, hop.getCancel());
            }
        }
        return cancel;
    }

    /** True if the hop had failed by itself before: a CANCEL has no effect then (RFC 3261 sections 9.1 and 9.2). */
    private static boolean isFinal(Transaction hop, long atMicros) {
        var failure = hop.getFailure();
        return hop.hasFailure() && failure.getCode() != TERMINATED && failure.getAtUs() < atMicros;
    }

    /** The requests of an attempt that who sent the first has sent, to one place after the other or to several at once. */
    private static List<Transaction> sentBy(List<Transaction> attempt) {
        var first = attempt.get(0);
        return attempt.stream()
                .filter(hop -> hop == first || hop.getSender() != 0 && hop.getSender() == first.getSender())
                .toList();
    }

    /**
     * Where the caller waits: at the first hop, or where it turned to with the same CSeq when that had failed or was silent
     * (RFC 3263 section 4.3).
     */
    private static Transaction callersHop(List<Transaction> attempt) {
        var waits = attempt.get(0);
        for (Transaction hop : sentBy(attempt)) {
            boolean given = waits.hasFailure()
                    ? hop.getInitialAtUs() >= waits.getFailure().getAtUs()
                    : isBlind(waits);
            waits = given ? hop : waits;
        }
        return waits;
    }

    private static boolean isBlind(Transaction callersHop) {
        return callersHop.getInitialAtUs() == 0 || callersHop.getRepliedAtUs() == 0 && !callersHop.hasCancel();
    }

    /** The record as it is published. */
    Call record(String callId, OpenCall call) {
        return new CallRecord(call, this).of(callId);
    }
}
