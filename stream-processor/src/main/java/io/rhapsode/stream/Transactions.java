/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Reply;
import io.rhapsode.stream.state.Transaction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** The client transactions of one Call-ID: one for each hop, CSeq and side that sends (RFC 3261 section 17.1.3). */
final class Transactions {

    static final Comparator<Reply> REPLIES = Comparator.comparingLong(Reply::getAtUs)
            .thenComparingInt(Reply::getCode)
            .thenComparing(Reply::getReason)
            .thenComparing(Reply::toByteString, ByteString.unsignedLexicographicalComparator());

    /** Which one is worth more where not all can be kept; of the same kind the first attempts before others. */
    private static final Comparator<Transaction> BY_WORTH = Comparator.comparingInt(Transactions::worth)
            .thenComparingInt(Transaction::getCseq)
            .thenComparing(Transaction::getFromTag)
            .thenComparing(Transaction::getBranch);

    /** A fork of more branches is hardly seen, and each hop has its own list. */
    private static final int MOST_TAGS = 16;

    private Transactions() {}

    /** Files the message under its transaction, if it is one that can tell what becomes of a call. */
    static void add(OpenCall.Builder call, SipMessage message) {
        String method = method(message);
        if (method.isEmpty()) {
            return;
        }
        if (method.equals("ACK") && isReplied(call, message)) {
            return;
        }
        if (method.equals("INVITE") && message.getStatusCode() >= 200) {
            removeAcks(call, message);
        }
        String branch = message.getViaCount() == 0 ? "" : message.getVia(0).getBranch();
        int index = find(call, method, message, branch);
        if (index < call.getTransactionsCount()) {
            var known = call.getTransactions(index);
            var merged = merge(known.toBuilder(), message);
            if (!merged.equals(known)) {
                call.setTransactions(index, merged);
            }
            return;
        }
        call.addTransactions(merge(
                Transaction.newBuilder()
                        .setMethod(method)
                        .setCseq(message.getCseqNumber())
                        .setFromTag(message.getFrom().getTag())
                        .setBranch(branch),
                message));
        if (call.getTransactionsCount() > CallAggregator.MOST) {
            removeLeast(call);
        }
    }

    /** True if a final reply to the INVITE of an ACK was seen: it tells more than the ACK. */
    private static boolean isReplied(OpenCall.Builder call, SipMessage ack) {
        return call.getTransactionsList().stream()
                .anyMatch(each -> isOf(each, "INVITE", ack) && (each.hasSuccess() || each.hasFailure()));
    }

    private static void removeAcks(OpenCall.Builder call, SipMessage reply) {
        for (int i = call.getTransactionsCount() - 1; i >= 0; i--) {
            if (isOf(call.getTransactions(i), "ACK", reply)) {
                call.removeTransactions(i);
            }
        }
    }

    private static boolean isOf(Transaction transaction, String method, SipMessage message) {
        return transaction.getCseq() == message.getCseqNumber()
                && transaction.getMethod().equals(method)
                && transaction.getFromTag().equals(message.getFrom().getTag());
    }

    /** The method of the transaction the message tells about; empty where it tells nothing of a beginning or end. */
    private static String method(SipMessage message) {
        boolean request = CallAggregator.isRequest(message);
        String method = request ? message.getMethod() : message.getCseqMethod();
        return switch (method) {
            // A CANCEL has the branch of the INVITE it is for (RFC 3261 section 9.1); its own replies say nothing.
            case "CANCEL" -> request ? "INVITE" : "";
            case "ACK" -> CallAggregator.isInDialog(message) ? method : "";
            case "PRACK", "UPDATE" -> "";
            default -> method;
        };
    }

    private static int find(OpenCall.Builder call, String method, SipMessage message, String branch) {
        int index = 0;
        while (index < call.getTransactionsCount()) {
            var transaction = call.getTransactions(index);
            if (transaction.getCseq() == message.getCseqNumber()
                    && transaction.getBranch().equals(branch)
                    && transaction.getMethod().equals(method)
                    && transaction.getFromTag().equals(message.getFrom().getTag())) {
                return index;
            }
            index++;
        }
        return index;
    }

    private static void removeLeast(OpenCall.Builder call) {
        int least = 0;
        for (int i = 1; i < call.getTransactionsCount(); i++) {
            if (BY_WORTH.compare(call.getTransactions(i), call.getTransactions(least)) > 0) {
                least = i;
            }
        }
        call.removeTransactions(least);
    }

    /** 0 is best: what begins calls, then what ends them, then what changes them, before all that goes on in them. */
    private static int worth(Transaction transaction) {
        boolean invite = transaction.getMethod().equals("INVITE")
                || transaction.getMethod().equals("ACK");
        if (transaction.getInitialAtUs() != 0) {
            return invite ? 0 : 1;
        }
        if (transaction.getMethod().equals("BYE")) {
            return 3;
        }
        boolean onlyReplies = transaction.getInDialogAtUs() == 0;
        return invite ? onlyReplies ? 2 : 5 : onlyReplies ? 4 : 6;
    }

    private static Transaction merge(Transaction.Builder transaction, SipMessage message) {
        long at = message.getAtUs();
        if (!CallAggregator.isRequest(message)) {
            return mergeReply(transaction, message).build();
        }
        if (message.getMethod().equals("CANCEL")) {
            var cancel = transaction.hasCancel() ? transaction.getCancel() : null;
            transaction.setCancel(Farewells.earlier(cancel, Farewells.of(message)));
            return transaction.build();
        }
        HopOrder.add(transaction, message);
        if (CallAggregator.isInDialog(message)) {
            transaction.setInDialogAtUs(CallAggregator.earliest(transaction.getInDialogAtUs(), at));
        } else {
            mergeNumbers(transaction, message);
            transaction.setInitialAtUs(CallAggregator.earliest(transaction.getInitialAtUs(), at));
        }
        return transaction.build();
    }

    private static void mergeNumbers(Transaction.Builder transaction, SipMessage message) {
        String from = message.getFrom().getUri().getUser();
        String target = message.getRequestUri().getUser();
        long known = transaction.getInitialAtUs();
        long at = message.getAtUs();
        int sender = sender(message);
        boolean before = from.compareTo(transaction.getFromUser()) < 0
                || from.equals(transaction.getFromUser()) && target.compareTo(transaction.getTargetUser()) < 0
                || from.equals(transaction.getFromUser())
                        && target.equals(transaction.getTargetUser())
                        && sender < transaction.getSender();
        if (known == 0 || at < known || at == known && before) {
            transaction.setFromUser(from).setTargetUser(target).setSender(sender);
        }
    }

    /** Who sent it: with fewer Vias than what comes back to it through others and is sent on (RFC 3261 section 16.6). */
    private static int sender(SipMessage message) {
        var packet = message.getPacket();
        return Sightings.fold(Sightings.hash(message.getViaCount(), packet.getSourceAddress(), packet.getSourcePort()));
    }

    private static Transaction.Builder mergeReply(Transaction.Builder transaction, SipMessage message) {
        long at = message.getAtUs();
        int code = message.getStatusCode();
        transaction.setRepliedAtUs(CallAggregator.earliest(transaction.getRepliedAtUs(), at));
        if (code > 100 && code < 300 && message.getCseqMethod().equals("INVITE")) {
            mergeTag(transaction, code, message.getTo().getTag());
        }
        if (code == 180) {
            transaction.setRingingAtUs(CallAggregator.earliest(transaction.getRingingAtUs(), at));
        } else if (code == 183) {
            transaction.setSessionProgressAtUs(CallAggregator.earliest(transaction.getSessionProgressAtUs(), at));
        } else if (code > 100 && code < 200) {
            transaction.setProgressAtUs(CallAggregator.earliest(transaction.getProgressAtUs(), at));
        } else if (code >= 300) {
            var known = transaction.hasFailure() ? transaction.getFailure() : null;
            transaction.setFailure(earlier(known, failure(message)));
        } else if (code >= 200) {
            var known = transaction.hasSuccess() ? transaction.getSuccess() : null;
            transaction.setSuccess(earlier(known, success(message)));
        }
        return transaction;
    }

    private static Reply.Builder reply(SipMessage message) {
        return Reply.newBuilder()
                .setAtUs(message.getAtUs())
                .setCode(message.getStatusCode())
                .setReason(message.getReasonPhrase());
    }

    private static Reply failure(SipMessage message) {
        var packet = message.getPacket();
        return reply(message)
                .setSource(Endpoint.text(packet.getSourceAddress(), packet.getSourcePort()))
                .setQ850(CallAggregator.cause(message, "Q.850"))
                .setSipCause(CallAggregator.cause(message, "SIP"))
                .build();
    }

    private static Reply success(SipMessage message) {
        var reply = reply(message);
        if (message.getCseqMethod().equals("REGISTER")) {
            reply.setBindings(message.getContactCount());
            if (message.hasExpires()) {
                reply.setExpiresS(message.getExpires());
            }
        }
        return reply.build();
    }

    private static void mergeTag(Transaction.Builder transaction, int code, String tag) {
        if (tag.isEmpty()) {
            return;
        }
        int hash = tag(tag);
        if (!transaction.getToTagsList().contains(hash)) {
            var tags = withTag(transaction.getToTagsList(), hash);
            transaction.clearToTags().addAllToTags(tags);
        }
        if (code >= 200 && !transaction.getAnsweredTagsList().contains(hash)) {
            var tags = withTag(transaction.getAnsweredTagsList(), hash);
            transaction.clearAnsweredTags().addAllAnsweredTags(tags);
        }
    }

    /** The least of those tags and this one: which these are does not depend on the order in which they come. */
    private static List<Integer> withTag(List<Integer> tags, int tag) {
        var all = new ArrayList<>(tags);
        all.add(tag);
        if (all.size() > MOST_TAGS) {
            all.remove(Collections.max(all));
        }
        return all;
    }

    /** A To tag as it is kept. */
    static int tag(String tag) {
        return Sightings.fold(Sightings.hash(0, tag));
    }

    static Reply earlier(Reply one, Reply other) {
        return one == null || REPLIES.compare(other, one) < 0 ? other : one;
    }
}
