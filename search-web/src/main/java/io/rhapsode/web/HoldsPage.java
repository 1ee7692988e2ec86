/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import java.util.List;

/** What the page of held calls shows. */
public record HoldsPage(List<Hold> holds) {

    public int most() {
        return Holds.MOST;
    }
}
