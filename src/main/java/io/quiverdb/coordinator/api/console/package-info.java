// SPDX-License-Identifier: Apache-2.0
/**
 * The operator's pages at {@code /console}: their files, how browsers may use them, and what only
 * they ask for (docs/console.md). They do nothing that the other routes do not: no rule and no
 * state lives here.
 */
@NullMarked
package io.quiverdb.coordinator.api.console;

import org.jspecify.annotations.NullMarked;
