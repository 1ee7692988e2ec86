/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;

/** What a measurement found: the last line of its output. */
public final class Result {

    private final JsonObjectBuilder json = Json.createObjectBuilder();

    public Result(String name, double figure, String unit) {
        json.add("name", name).add("figure", rounded(figure)).add("unit", unit);
    }

    public Result with(String name, double value) {
        json.add(name, rounded(value));
        return this;
    }

    public Result with(String name, long value) {
        json.add(name, value);
        return this;
    }

    public Result with(String name, String value) {
        json.add(name, value);
        return this;
    }

    public void print() {
        System.out.println(json.build());
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
