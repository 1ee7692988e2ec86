/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.CallState;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Reply;
import io.rhapsode.stream.state.Transaction;
import io.rhapsode.wire.sip.Q850;
import java.util.Comparator;
import java.util.List;

/**
 * Why a call did not end well: as one of few classes, to count by, and as a sentence, to read.
 *
 * @param attempts see {@link CallOutcome#attempts}
 * @param endedBy "caller", "callee" or empty
 */
record CallEnd(OpenCall call, List<Transaction> attempts, CallOutcome outcome, String endedBy) {

    private static final int ANSWERED_ELSEWHERE = 200;
    private static final int NORMAL_CLEARING = 16;
    private static final int NORMAL_UNSPECIFIED = 31;

    private static final Comparator<Reply> BY_APPEARANCE =
            Comparator.comparingLong(Reply::getAtUs).thenComparing(Reply::getSource);

    /** Empty for what is not over, or was answered. */
    String endClass() {
        if (outcome.state() == CallState.CANCELLED) {
            return "cancelled";
        }
        if (outcome.unanswered()) {
            return isUnderWay() ? "no-answer" : "timeout";
        }
        return outcome.failure() == null ? "" : failureClass(outcome.failure());
    }

    /** Empty where there is nothing to explain. */
    String why() {
        if (outcome.state() == CallState.CANCELLED) {
            return cancelled();
        }
        if (outcome.state() == CallState.ENDED) {
            return ended();
        }
        if (outcome.unanswered()) {
            return silent();
        }
        return outcome.failure() == null ? "" : failed(outcome.failure());
    }

    private String failureClass(Reply failure) {
        String byCause =
                switch (failure.getQ850()) {
                    case 1, 22, 28 -> "not-found";
                    case 3, 20, 27, 38 -> "unreachable";
                    case 17 -> "busy";
                    case 18, 19 -> "no-answer";
                    case 21 -> "rejected";
                    default -> "";
                };
        return byCause.isEmpty() ? classOf(failure.getCode()) : byCause;
    }

    /** By RFC 3261 section 21, and RFC 3398 section 8.2.6.1 for what the codes mean to a telephone network. */
    private String classOf(int code) {
        return switch (code) {
            case 0 -> isUnderWay() ? "no-answer" : "rejected";
            case 401, 407 -> "authentication";
            // A registrar that has seen the credentials, and does not take them.
            case 403 -> isRegistration() && isChallenged() ? "authentication" : "rejected";
            case 404, 410, 484, 485, 604 -> "not-found";
            case 408 -> isUnderWay() ? "no-answer" : "timeout";
            case 430, 480 -> isUnderWay() ? "no-answer" : "unreachable";
            case 486, 600 -> "busy";
            case 487 -> "cancelled";
            case 504 -> "timeout";
            default -> code < 400 ? "redirected" : code >= 500 && code < 600 ? "server-error" : "rejected";
        };
    }

    private String failed(Reply failure) {
        if (failure.getCode() == 0) {
            return "a final reply was acknowledged that was not seen itself";
        }
        String endClass = endClass();
        String begin =
                switch (endClass) {
                    case "no-answer" -> "no answer: ";
                    case "authentication" -> authentication();
                    default -> "";
                };
        String source = origin(failure);
        String from = source.isEmpty() ? "" : " from " + source;
        String after = isUnderWay() ? " " + afterWaiting(failure.getAtUs()) : "";
        return begin + text(failure) + from + after + causes(failure.getQ850(), failure.getSipCause());
    }

    private static String text(Reply reply) {
        return (reply.getCode() + " " + reply.getReason()).strip();
    }

    private String authentication() {
        int succeeded = attempts.stream()
                .filter(Transaction::hasSuccess)
                .mapToInt(Transaction::getCseq)
                .max()
                .orElse(-1);
        long tries = attempts.stream()
                .filter(attempt -> attempt.getCseq() > succeeded)
                .map(attempt -> attempt.getCseq() + " " + attempt.getFromTag())
                .distinct()
                .count();
        return tries <= 1 ? "no credentials were sent: " : "authentication failed after " + tries + " attempts: ";
    }

    /** Who sent it first: of the hops of the last attempt that had this code one that had it from none behind it. */
    private String origin(Reply failure) {
        var hops = CallOutcome.lastAttempt(attempts).stream()
                .filter(hop -> hop.hasFailure() && hop.getFailure().getCode() == failure.getCode())
                .toList();
        return hops.stream()
                .filter(hop -> hops.stream().noneMatch(other -> HopOrder.isBehind(other, hop)))
                .map(Transaction::getFailure)
                .min(BY_APPEARANCE)
                .orElse(failure)
                .getSource();
    }

    private String cancelled() {
        var cancel = outcome.farewell();
        if (cancel.getSipCause() == ANSWERED_ELSEWHERE) {
            return "cancelled: answered elsewhere";
        }
        String causes = causes(cancel.getQ850(), cancel.getSipCause());
        if (isUnderWay()) {
            return "the caller gave up " + afterWaiting(cancel.getAtUs()) + causes;
        }
        long begin = CallOutcome.lastAttempt(attempts).get(0).getInitialAtUs();
        return "the caller gave up " + (begin == 0 ? "" : "after " + seconds(begin, cancel.getAtUs()) + ", ")
                + "before it rang" + causes;
    }

    private String ended() {
        var bye = outcome.farewell();
        if (bye == null) {
            return "no BYE was seen";
        }
        boolean normal = bye.getQ850() == 0 && (bye.getSipCause() == 0 || bye.getSipCause() == ANSWERED_ELSEWHERE)
                || bye.getQ850() == NORMAL_CLEARING
                || bye.getQ850() == NORMAL_UNSPECIFIED;
        String by = endedBy.isEmpty() ? "" : " by the " + endedBy;
        return normal ? "" : "ended" + by + causes(bye.getQ850(), bye.getSipCause());
    }

    private String silent() {
        if (rang()) {
            return "it rang, then nothing more was seen";
        }
        if (isUnderWay()) {
            return "session progress was told, then nothing more was seen";
        }
        if (CallOutcome.lastAttempt(attempts).stream().anyMatch(CallEnd::isReplied)) {
            return "no final reply came back";
        }
        return call.getTransactionsList().stream().anyMatch(CallEnd::isReplied)
                ? "nothing came back to the last attempt"
                : "nothing came back at all";
    }

    private static boolean isReplied(Transaction attempt) {
        return attempt.getRepliedAtUs() != 0;
    }

    private static String causes(int q850, int sip) {
        String meaning = Q850.text(q850);
        String first = q850 == 0 ? "" : "; Q.850 cause " + q850 + (meaning.isEmpty() ? "" : ": " + meaning);
        return first + (sip == 0 ? "" : "; SIP cause " + sip);
    }

    private boolean rang() {
        return outcome.ringingAtUs() != 0;
    }

    /** True if the INVITE got as far as to be waited for: a 183 may stand for ringing, or for an announcement. */
    private boolean isUnderWay() {
        return rang() || sessionProgressAt() != 0;
    }

    /** The first 183: what is heard then is media, and no message tells of it (RFC 3261 section 21.1.5). */
    private long sessionProgressAt() {
        long first = 0;
        for (var attempt : attempts) {
            first = CallAggregator.earliest(first, attempt.getSessionProgressAtUs());
        }
        return first;
    }

    /** "after 3.2 s of ringing". */
    private String afterWaiting(long endMicros) {
        return rang()
                ? "after " + seconds(outcome.ringingAtUs(), endMicros) + " of ringing"
                : "after " + seconds(sessionProgressAt(), endMicros) + " of session progress";
    }

    private boolean isRegistration() {
        return outcome.state() == CallState.REGISTRATION;
    }

    private boolean isChallenged() {
        return attempts.stream()
                .filter(Transaction::hasFailure)
                .anyMatch(attempt -> attempt.getFailure().getCode() == 401
                        || attempt.getFailure().getCode() == 407);
    }

    /** "3.2 s". */
    private static String seconds(long fromMicros, long toMicros) {
        long tenths = SessionTimes.millis(fromMicros, toMicros) / 100;
        return tenths / 10 + "." + tenths % 10 + " s";
    }
}
