/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** What people ask of {@link Traffic}: each time of another call, another day or with other words. */
final class SearchQuestions {

    /**
     * One question, with values of its own each time.
     *
     * @param goalMillis for p95; 0 if none is set
     * @param path of the API
     */
    record Question(String name, double goalMillis, Function<SplittableRandom, String> path) {}

    private static final String MESSAGES = "/api/v1/messages?q=";
    private static final String CALLS = "/api/v1/calls?q=";
    private static final String HITS_ALONE = "&facets=false";
    private static final int DIGITS_OF_END = 4;

    private static final List<String> WORDS = List.of(
            "BYE",
            "CANCEL",
            "486",
            "Busy",
            "480",
            "Terminated",
            "Unavailable",
            "Digest",
            "PCMU",
            "telephone-event",
            "Registrar",
            "Asterisk",
            "Huawei",
            "snomD785",
            "Yealink",
            "Grandstream",
            "kamailio",
            "Zoiper",
            "Linphone",
            "uac");

    /** Of messages; what they find is from everything down to a few in a thousand. */
    private static final List<String> OF_MESSAGES = List.of(
            "",
            "method:INVITE",
            "method:BYE",
            "code:>=400",
            "code:486",
            "code:5xx",
            "transport:tcp",
            "Huawei",
            "ua:asterisk",
            "src:10.20.0.0/16",
            "site:dus",
            "site:fra -method:OPTIONS",
            "from:+49221*",
            "(site:cgn OR site:ber) code:4xx",
            "Mitel",
            "method:REGISTER",
            "cause:17",
            "auth:*",
            "transport:tls method:INVITE",
            "node:sbc-muc-1");

    private static final List<String> OF_CALLS = List.of(
            "",
            "state:failed",
            "state:ended duration:>120s",
            "code:486",
            "endclass:busy",
            "site:dus",
            "ua:huawei",
            "a:+49221*",
            "ip:10.20.0.0/16",
            "pdd:>2s",
            "(site:cgn OR site:ber) state:cancelled",
            "method:REGISTER",
            "messages:>10",
            "cause:17",
            "ring:>15s",
            "node:sbc-muc-1",
            "session:*",
            "code:4xx -endclass:busy",
            "codec:pcma state:failed",
            "endedby:callee");

    private final Traffic traffic;

    SearchQuestions(Traffic traffic) {
        this.traffic = traffic;
    }

    /** The first is the one whose p95 is the figure. */
    List<Question> all() {
        return List.of(
                new Question("number", 20, random -> MESSAGES + number(random) + HITS_ALONE),
                new Question("call_id", 20, random -> MESSAGES + callId(random) + HITS_ALONE),
                new Question("number_end", 50, random -> MESSAGES + end(random) + HITS_ALONE),
                new Question("two_words", 200, random -> MESSAGES + words(random) + HITS_ALONE),
                new Question("number_facets", 0, random -> MESSAGES + number(random)),
                new Question("call_id_facets", 0, random -> MESSAGES + callId(random)),
                new Question("number_end_facets", 0, random -> MESSAGES + end(random)),
                new Question("two_words_facets", 0, random -> MESSAGES + words(random)),
                new Question("number_calls", 20, random -> CALLS + number(random) + HITS_ALONE),
                new Question("number_calls_facets", 0, random -> CALLS + number(random)),
                new Question("facets_day", 300, random -> MESSAGES + any(OF_MESSAGES, random) + day(random)),
                new Question("facets_all", 1_500, random -> MESSAGES + any(OF_MESSAGES, random) + days(random)),
                new Question("calls_facets_day", 300, random -> CALLS + any(OF_CALLS, random) + day(random)),
                new Question("calls_facets_all", 1_500, random -> CALLS + any(OF_CALLS, random) + days(random)),
                new Question(
                        "call",
                        30,
                        random -> "/api/v1/calls/" + escaped(call(random).callId()) + "/messages?legs=true"),
                new Question(
                        "call_page",
                        0,
                        random -> "/calls/" + escaped(call(random).callId()) + "?legs=true"));
    }

    private PlayedCall call(SplittableRandom random) {
        return traffic.call(random.nextInt(traffic.calls()));
    }

    private String number(SplittableRandom random) {
        return escaped("number:" + call(random).caller().number());
    }

    private String callId(SplittableRandom random) {
        return escaped("callid:" + call(random).callId());
    }

    private String end(SplittableRandom random) {
        String number = call(random).callee().number();
        return escaped("to:*" + number.substring(number.length() - DIGITS_OF_END));
    }

    private static String words(SplittableRandom random) {
        return escaped(Subscriber.SURNAMES.get(random.nextInt(Subscriber.SURNAMES.size())) + " "
                + WORDS.get(random.nextInt(WORDS.size())));
    }

    private static String any(List<String> queries, SplittableRandom random) {
        return escaped(queries.get(random.nextInt(queries.size())));
    }

    /** One of the ten, at whatever time it begins. */
    private String day(SplittableRandom random) {
        int minutes = random.nextInt((Traffic.DAYS - 1) * 24 * 60);
        var from = traffic.firstDay().atStartOfDay().plusMinutes(minutes);
        return "&from=" + from + ":00Z&to=" + from.plusDays(1) + ":00Z";
    }

    /** Nearly all: with the same limits each time some of the answers would be remembered ones. */
    private String days(SplittableRandom random) {
        var from = traffic.firstDay().atStartOfDay().plusSeconds(random.nextInt(3_600));
        var to = traffic.firstDay().plusDays(Traffic.DAYS).atStartOfDay();
        return "&from=" + from.plusNanos(1_000_000) + "Z&to=" + to + ":00Z";
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
