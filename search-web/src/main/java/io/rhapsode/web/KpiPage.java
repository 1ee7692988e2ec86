/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.KpiFigures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the page of key figures shows: each value of a dimension over the whole time, and the course of one.
 *
 * @param dimension as it stands in the form
 * @param value whose course is shown, null where a table of several is
 * @param range name of the time range
 * @param minutes that one point of a line is of
 * @param totals of all minutes together, by value
 * @param rows of all minutes, oldest first
 * @param from where the lines begin, seconds since 1970-01-01 UTC
 * @param to where they end
 */
public record KpiPage(
        String dimension,
        String value,
        String range,
        int minutes,
        Map<String, Kpi> totals,
        List<KpiReport.Row> rows,
        long from,
        long to) {

    static final int WIDTH = 960;
    static final int HEIGHT = 120;

    /** Lines of one scale. */
    public record Chart(String title, String most, List<Line> lines) {}

    /**
     * One line.
     *
     * @param number by which it has its colour, from 0
     * @param points as SVG has them
     */
    public record Line(String name, int number, String points) {}

    static KpiPage of(KpiReport.Asked asked, String range, List<KpiReport.Row> rows, Instant now) {
        var sums = new TreeMap<String, Kpi.Builder>();
        rows.forEach(
                row -> KpiFigures.add(sums.computeIfAbsent(row.value(), ignored -> Kpi.newBuilder()), row.figures()));
        var totals = new TreeMap<String, Kpi>();
        sums.forEach((value, sum) -> {
            KpiFigures.derive(sum);
            totals.put(value, sum.build());
        });
        return new KpiPage(
                asked.dimension(),
                asked.value(),
                range,
                asked.minutes(),
                totals,
                rows,
                asked.from().getEpochSecond(),
                now.getEpochSecond());
    }

    public List<String> ranges() {
        return Pages.kpiRanges();
    }

    /** The address of all values. */
    public String link() {
        return "/kpis?dimension=" + Pages.escaped(dimension) + "&range=" + range;
    }

    /** The address of the course of one value. */
    public String link(String one) {
        return link() + "&value=" + Pages.escaped(one);
    }

    /** What a value is called. */
    public String name(String one) {
        return one.isEmpty() ? dimension.equals(KpiReport.ALL) ? "all calls" : "(none)" : one;
    }

    public static String percent(boolean known, double percent) {
        return known ? String.format(Locale.ROOT, "%.1f %%", percent) : "";
    }

    public static String seconds(boolean known, double millis) {
        return known ? String.format(Locale.ROOT, "%.2f s", millis / 1_000) : "";
    }

    /** "200: 17, 486: 3", the most frequent first. */
    public static String codes(Map<Integer, Long> codes) {
        return codes.entrySet().stream()
                .sorted(Map.Entry.<Integer, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(code -> code.getKey() + ": " + code.getValue())
                .collect(Collectors.joining(", "));
    }

    /** The courses of the one value there is; none where there are several. */
    public List<Chart> charts() {
        if (totals.size() != 1) {
            return List.of();
        }
        String each = minutes == 1 ? "a minute" : "in " + minutes + " minutes";
        return List.of(
                chart(
                        "Calls " + each,
                        0,
                        "",
                        Map.of(
                                "0 attempts", kpi -> (double) kpi.getAttempts(),
                                "1 answered", kpi -> (double) kpi.getAnswered(),
                                "2 no server could serve (ISA)", kpi -> (double) kpi.getIneffective())),
                chart(
                        "Ratios",
                        100,
                        " %",
                        Map.of(
                                "0 SER", kpi -> kpi.hasSerPercent() ? kpi.getSerPercent() : null,
                                "1 SEER", kpi -> kpi.hasSeerPercent() ? kpi.getSeerPercent() : null,
                                "2 NER", kpi -> kpi.hasNerPercent() ? kpi.getNerPercent() : null)),
                chart(
                        "Post-dial delay",
                        0,
                        " ms",
                        Map.of(
                                "0 median", kpi -> kpi.hasPddP50Ms() ? (double) kpi.getPddP50Ms() : null,
                                "1 95 %", kpi -> kpi.hasPddP95Ms() ? (double) kpi.getPddP95Ms() : null)));
    }

    /**
     * @param scale what the highest point stands for, 0 for the greatest there is
     * @param figures by a digit, which is the number of the line, and its name
     */
    private Chart chart(String title, double scale, String unit, Map<String, Function<Kpi, Double>> figures) {
        double greatest = rows.stream()
                .flatMap(row -> figures.values().stream().map(figure -> figure.apply(row.figures())))
                .filter(number -> number != null)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double most = scale > 0 ? scale : Math.max(1, greatest);
        var lines = new ArrayList<Line>();
        new TreeMap<>(figures)
                .forEach((name, figure) ->
                        lines.add(new Line(name.substring(2), name.charAt(0) - '0', points(figure, most))));
        return new Chart(title, Math.round(most) + unit, lines);
    }

    private String points(Function<Kpi, Double> figure, double most) {
        var points = new StringBuilder();
        for (var row : rows) {
            Double number = figure.apply(row.figures());
            if (number != null) {
                long x = (row.begin() - from) * WIDTH / Math.max(1, to - from);
                long y = Math.round(HEIGHT - Math.max(0, Math.min(number, most)) * HEIGHT / most);
                points.append(Math.max(0, x)).append(',').append(y).append(' ');
            }
        }
        return points.toString().strip();
    }
}
