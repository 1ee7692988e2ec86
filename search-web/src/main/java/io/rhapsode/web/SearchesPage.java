/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import java.util.List;

/**
 * What the page of saved searches shows.
 *
 * @param refused what could not be saved, null if nothing was to be
 * @param trouble why it could not, empty if nothing was to be
 * @param there what has its name already, null if nothing has
 */
public record SearchesPage(List<SavedSearch> searches, SavedSearch refused, String trouble, SavedSearch there) {

    public int most() {
        return SavedSearches.MOST;
    }

    public int longestName() {
        return SavedSearches.LONGEST_NAME;
    }
}
