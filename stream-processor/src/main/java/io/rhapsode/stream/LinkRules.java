/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.CallLink;
import io.rhapsode.schema.Link;
import io.rhapsode.schema.LinkRule;
import io.rhapsode.stream.state.Leg;
import java.util.Collections;
import java.util.List;

/** Which calls that met under a join key belong together, and how sure that is. Pure; {@link LinkRule} says it in words. */
final class LinkRules {

    /** From this confidence on calls are taken for one session. */
    private static final double ASSERTED = 0.5;

    /** Between the begins of two legs: a B2BUA sends its INVITE at once, or after a question to a database. */
    private static final long BEGIN_MICROS = 5_000_000;

    /** Between a REFER and the INVITE that comes of it. */
    private static final long TRANSFER_MICROS = 10_000_000;

    private LinkRules() {}

    static double confidence(LinkRule rule) {
        return switch (rule) {
            case REPLACES, SESSION_ID -> 1;
            case REFER, HEADER -> 0.95;
            case ICID -> 0.9;
            case TRANSFER, NUMBERS_AND_MEDIA -> 0.8;
            case MEDIA_AND_HOST -> 0.75;
            case NUMBERS_AND_HOST -> 0.7;
            case NUMBERS -> 0.4;
            case LINK_RULE_UNSPECIFIED, UNRECOGNIZED -> 0;
        };
    }

    static boolean isAsserted(LinkRule rule) {
        return confidence(rule) >= ASSERTED;
    }

    /** True if the rule asks how far the begins of two calls are apart. */
    static boolean isOfBegin(LinkRule rule) {
        return rule == LinkRule.NUMBERS || rule == LinkRule.MEDIA_AND_HOST;
    }

    /** True if the join key is the Call-ID of the other call, or may be. */
    static boolean namesCall(LinkRule rule) {
        return rule == LinkRule.REPLACES || rule == LinkRule.REFER || rule == LinkRule.HEADER;
    }

    static LinkRule rule(Leg leg) {
        return rule(leg.getRule());
    }

    static LinkRule rule(int number) {
        LinkRule rule = LinkRule.forNumber(number);
        return rule == null ? LinkRule.LINK_RULE_UNSPECIFIED : rule;
    }

    /**
     * The rule that joins two calls of one join key, the same whichever is asked first.
     *
     * @return null if none does
     */
    static LinkRule between(Leg one, Leg other) {
        LinkRule rule = rule(one);
        LinkRule its = rule(other);
        if (one.getCallId().equals(other.getCallId())) {
            return null;
        }
        if (namesCall(rule) && namesCall(its)) {
            return rule.getNumber() > its.getNumber() ? rule : its;
        }
        if (rule != its) {
            return null;
        }
        return switch (rule) {
            case SESSION_ID, ICID -> rule;
            case TRANSFER ->
                one.getRefers() != other.getRefers() && isWithin(one, other, TRANSFER_MICROS) ? rule : null;
            case MEDIA_AND_HOST -> isWithin(one, other, BEGIN_MICROS) && meet(one, other) ? rule : null;
            case NUMBERS ->
                isWithin(one, other, BEGIN_MICROS) && haveNumbers(one, other) ? byNumbers(one, other) : null;
            default -> null;
        };
    }

    private static boolean isWithin(Leg one, Leg other, long micros) {
        return Math.abs(one.getAtUs() - other.getAtUs()) <= micros;
    }

    /** What has none had them in the join key in full. */
    private static boolean haveNumbers(Leg one, Leg other) {
        return one.getNumbersCount() == 0
                || other.getNumbersCount() == 0
                || one.getNumbersList().stream()
                        .anyMatch(pair -> other.getNumbersList().stream().anyMatch(its -> isSamePair(pair, its)));
    }

    private static boolean isSamePair(String one, String other) {
        int space = one.indexOf(' ');
        int its = other.indexOf(' ');
        return Subscriber.isSame(one.substring(0, space), other.substring(0, its))
                && Subscriber.isSame(one.substring(space + 1), other.substring(its + 1));
    }

    private static LinkRule byNumbers(Leg one, Leg other) {
        boolean redialled = haveCommon(one.getOriginsList(), other.getOriginsList())
                && haveCommon(one.getEndsList(), other.getEndsList());
        if (redialled) {
            // From the same phone to the same server, which may offer the same port again.
            return LinkRule.NUMBERS;
        }
        if (haveCommon(one.getMediaList(), other.getMediaList())) {
            return LinkRule.NUMBERS_AND_MEDIA;
        }
        return meet(one, other) ? LinkRule.NUMBERS_AND_HOST : LinkRule.NUMBERS;
    }

    private static boolean meet(Leg one, Leg other) {
        return haveCommon(one.getEndsList(), other.getOriginsList())
                || haveCommon(other.getEndsList(), one.getOriginsList());
    }

    private static boolean haveCommon(List<String> some, List<String> others) {
        return !Collections.disjoint(some, others);
    }

    /** What the one call is told of the other. */
    static CallLink link(Leg of, Leg to, LinkRule rule) {
        var link = CallLink.newBuilder().setCallId(of.getCallId()).setLink(link(to.getCallId(), rule));
        if (isAsserted(rule)) {
            link.setSession(to.getCallId()).setSessionBeginUs(to.getBeginUs());
        }
        return link.build();
    }

    static Link link(String callId, LinkRule rule) {
        return Link.newBuilder()
                .setCallId(callId)
                .setRule(rule)
                .setConfidence(confidence(rule))
                .setAsserted(isAsserted(rule))
                .build();
    }
}
