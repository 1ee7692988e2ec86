/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Call;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * By what key figures are counted apart, and where a call belongs in each, as "dimension/value". Besides what is
 * configured there is always "all/".
 *
 * @param names "site", "trunk-from", "trunk-to", "prefix:N" with N from 1 to 15
 */
record KpiDimensions(List<String> names) {

    static final Pattern NAME = Pattern.compile("site|trunk-from|trunk-to|prefix:([1-9]|1[0-5])");

    private static final String ALL = "all/";
    private static final String PREFIX = "prefix:";

    /** What one call counts for is bounded by this, whatever the packets say. */
    private static final int MOST_SITES = 8;

    private static final int LONGEST_VALUE = 64;

    /** Visual separators of RFC 3966 section 5.1.1. */
    private static final String SEPARATORS = "-.()";

    Set<String> places(Call call) {
        var places = new LinkedHashSet<String>();
        places.add(ALL);
        for (String name : names) {
            values(name, call).forEach(value -> places.add(name + "/" + cut(value)));
        }
        return places;
    }

    private static List<String> values(String name, Call call) {
        return switch (name) {
            case "site" -> call.getSitesCount() == 0 ? List.of("") : first(call.getSitesList());
            case "trunk-from" -> List.of(host(call, 0));
            case "trunk-to" -> List.of(host(call, 1));
            default -> List.of(prefix(call.getBNumber(), Integer.parseInt(name.substring(PREFIX.length()))));
        };
    }

    private static List<String> first(List<String> sites) {
        return sites.subList(0, Math.min(sites.size(), MOST_SITES));
    }

    /** The address without its port: over TCP a trunk has a new one with each connection. */
    private static String host(Call call, int index) {
        if (index >= call.getHostsCount()) {
            return "";
        }
        String host = call.getHosts(index);
        String address = host.substring(0, host.lastIndexOf(':'));
        return address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
    }

    /** The first digits of a number without + or 00 before it; empty for what is no number. */
    static String prefix(String number, int length) {
        var digits = new StringBuilder(length);
        int begin = number.startsWith("+") ? 1 : number.startsWith("00") ? 2 : 0;
        for (int i = begin; i < number.length() && digits.length() < length; i++) {
            char c = number.charAt(i);
            if (c >= '0' && c <= '9') {
                digits.append(c);
            } else if (SEPARATORS.indexOf(c) < 0) {
                break;
            }
        }
        return digits.toString();
    }

    private static String cut(String value) {
        return value.length() <= LONGEST_VALUE
                ? value
                : value.substring(0, value.offsetByCodePoints(0, LONGEST_VALUE / 2));
    }
}
