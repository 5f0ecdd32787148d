// SPDX-License-Identifier: Apache-2.0
/**
 * The client side of the coordinator's REST surface.
 *
 * <p>What lives here: which member is asked, for how long, what counts as an answer, and what a
 * failure means to the operator. What never will: a command, an option or a table.
 */
@NullMarked
package io.quiverdb.coordinator.cli.rest;

import org.jspecify.annotations.NullMarked;
