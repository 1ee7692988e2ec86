/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.stream.state.Farewell;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Opening;
import io.rhapsode.stream.state.Reply;
import io.rhapsode.stream.state.Seen;
import io.rhapsode.stream.state.Transaction;
import io.rhapsode.wire.sip.Q850;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes what is known of a call, and what follows from it, as the topic has it. */
final class CallRecord {

    private final OpenCall call;
    private final CallOutcome outcome;
    private final List<Transaction> attempts;
    private final Call.Builder record = Call.newBuilder();

    CallRecord(OpenCall call, CallOutcome outcome) {
        this.call = call;
        this.outcome = outcome;
        this.attempts = CallOutcome.attempts(call);
    }

    Call of(String callId) {
        var opening = opening();
        record.setCallId(callId)
                .setOpenedAtUs(call.getOpenedAtUs())
                .setOpenedReceivedAtUs(call.getOpenedReceivedAtUs())
                .setRevision(call.getRevision())
                .setState(outcome.state())
                .setMethod(opening.getMethod())
                .setBeginAtUs(call.getBeginAtUs())
                .setRingingAtUs(outcome.ringingAtUs())
                .setLastAtUs(call.getLastAtUs())
                .setANumber(Subscriber.number(
                        call.hasAsserted() ? call.getAsserted().getText() : opening.getFromUser()))
                .setBNumber(Subscriber.number(
                        opening.getTargetUser().isEmpty() ? opening.getToUser() : opening.getTargetUser()))
                .setFromUser(opening.getFromUser())
                .setFromHost(opening.getFromHost())
                .setToUser(opening.getToUser())
                .setToHost(opening.getToHost())
                .setMessages(call.getMessages());
        call.getHostsList().forEach(host -> record.addHosts(host.getText()));
        call.getUserAgentsList().forEach(agent -> record.addUserAgents(agent.getText()));
        call.getCaptureNodesList().forEach(node -> record.addCaptureNodes(node.getText()));
        call.getSitesList().forEach(site -> record.addSites(site.getText()));
        addEnd();
        new SessionTimes(call, outcome, attempts).addTo(record);
        addCause();
        var end = new CallEnd(call, attempts, outcome, record.getEndedBy());
        record.setEndClass(end.endClass()).setWhy(end.why());
        addSightings();
        addNumbersAfter();
        addDialogs();
        addSession();
        addBindings();
        if (call.hasQuality()) {
            record.setMedia(CallQuality.record(call));
        }
        record.setSession(CallLinks.session(callId, call)).addAllLinks(CallLinks.records(call));
        return record.build();
    }

    /** With the numbers of the first hop: the message that opened it may be of a later one, by another clock. */
    private Opening opening() {
        var opening = call.getOpening();
        if (attempts.isEmpty() || attempts.get(0).getInitialAtUs() == 0) {
            return opening;
        }
        var first = attempts.get(0);
        return opening.toBuilder()
                .setFromUser(first.getFromUser())
                .setTargetUser(first.getTargetUser())
                .build();
    }

    private void addEnd() {
        Reply success = outcome.success();
        Reply failure = outcome.failure();
        Farewell farewell = outcome.farewell();
        Reply last = success != null ? success : failure;
        if (last != null) {
            record.setFinalCode(last.getCode()).setFinalReason(last.getReason());
        }
        long answer = success != null && CallOutcome.isCall(call) ? success.getAtUs() : 0;
        long end = farewell != null ? farewell.getAtUs() : failure != null ? failure.getAtUs() : 0;
        record.setAnswerAtUs(answer).setEndAtUs(end);
        if (farewell != null) {
            record.setEndReason(farewell.getReason()).setEndedBy(endedBy());
        }
        long ringing = outcome.ringingAtUs();
        if (ringing != 0 && (answer != 0 || end != 0)) {
            record.setRingMs(SessionTimes.millis(ringing, answer != 0 ? answer : end));
        }
        if (answer != 0 && end != 0) {
            record.setDurationMs(SessionTimes.millis(answer, end));
        }
    }

    private String endedBy() {
        if (outcome.state() == CallState.CANCELLED) {
            return "caller";
        }
        Set<String> callers = new HashSet<>();
        for (var transaction : call.getTransactionsList()) {
            if (transaction.getMethod().equals("INVITE") && transaction.getInitialAtUs() != 0) {
                callers.add(transaction.getFromTag());
            }
        }
        callers.remove("");
        if (callers.contains(outcome.farewell().getFromTag())) {
            return "caller";
        }
        return callers.contains(outcome.farewell().getToTag()) ? "callee" : "";
    }

    private void addCause() {
        var farewell = outcome.farewell();
        var failure = outcome.failure();
        int q850 = farewell != null ? farewell.getQ850() : failure != null ? failure.getQ850() : 0;
        int sip = farewell != null ? farewell.getSipCause() : failure != null ? failure.getSipCause() : 0;
        record.setEndQ850(q850).setEndQ850Text(Q850.text(q850)).setEndSipCause(sip);
    }

    private void addSightings() {
        var sightings = Sightings.of(call);
        record.setRetransmissions(sightings.retransmissions())
                .setFurtherSightings(sightings.further())
                .setDuplicates(sightings.duplicates());
    }

    /** The last hop is the farthest from the caller: of an answered call among those that answered. */
    private void addNumbersAfter() {
        boolean answered = attempts.stream().anyMatch(Transaction::hasSuccess);
        var hops = attempts.stream()
                .filter(hop -> hop.getInitialAtUs() != 0 && (!answered || hop.hasSuccess()))
                .toList();
        if (hops.isEmpty() || attempts.size() == 1) {
            return;
        }
        String from = Subscriber.number(hops.get(hops.size() - 1).getFromUser());
        String target = Subscriber.number(hops.get(hops.size() - 1).getTargetUser());
        record.setANumberAfter(from.equals(Subscriber.number(record.getFromUser())) ? "" : from)
                .setBNumberAfter(target.equals(record.getBNumber()) ? "" : target);
    }

    private void addDialogs() {
        // By who sends: a back-to-back user agent that keeps the Call-ID has a dialog of its own on either side.
        Map<String, Set<Integer>> tags = new HashMap<>();
        attempts.forEach(attempt -> tags.computeIfAbsent(attempt.getFromTag(), any -> new HashSet<>())
                .addAll(attempt.getToTagsList()));
        int dialogs = tags.values().stream().mapToInt(Set::size).max().orElse(0);
        Set<String> reinvites = new HashSet<>();
        for (var transaction : call.getTransactionsList()) {
            if (transaction.getMethod().equals("INVITE") && transaction.getInDialogAtUs() != 0) {
                reinvites.add(transaction.getCseq() + " " + transaction.getFromTag());
            }
        }
        record.setDialogs(dialogs).setReinvites(reinvites.size());
    }

    private void addSession() {
        record.setHeld(call.getHeld())
                .setTransferredTo(call.getReferTo().getText())
                .setReplaces(call.getReplaces().getText());
        if (call.hasInviteCodecs()) {
            record.addAllCodecsOffered(words(call.getInviteCodecs()));
            record.addAllCodecsAnswered(words(call.getReplyCodecs()));
        } else {
            record.addAllCodecsOffered(words(call.getReplyCodecs()));
            record.addAllCodecsAnswered(words(call.getLateCodecs()));
        }
    }

    private static List<String> words(Seen seen) {
        return seen.getText().isEmpty() ? List.of() : List.of(seen.getText().split(" "));
    }

    private void addBindings() {
        if (outcome.state() != CallState.REGISTRATION) {
            return;
        }
        attempts.stream()
                .filter(Transaction::hasSuccess)
                .map(Transaction::getSuccess)
                .max(Transactions.REPLIES)
                .ifPresent(latest -> {
                    record.setBindings(latest.getBindings());
                    if (latest.hasExpiresS()) {
                        record.setExpiresS(latest.getExpiresS());
                    }
                });
    }
}
