/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallLink;
import io.rhapsode.stream.state.Leg;
import java.util.List;

/** What comes of following calls, the others null: a call's record, or what others are told of it to be joined. */
record Followed(Call call, Leg leg, CallLink link) {

    static Followed of(Call call) {
        return new Followed(call, null, null);
    }

    static Followed of(Leg leg) {
        return new Followed(null, leg, null);
    }

    static Followed of(CallLink link) {
        return new Followed(null, null, link);
    }

    List<Call> calls() {
        return call == null ? List.of() : List.of(call);
    }

    List<Leg> legs() {
        return leg == null ? List.of() : List.of(leg);
    }

    List<CallLink> links() {
        return link == null ? List.of() : List.of(link);
    }
}
