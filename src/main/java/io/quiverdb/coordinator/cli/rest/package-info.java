// SPDX-License-Identifier: Apache-2.0
/**
 * The client side of the coordinator's REST surface.
 *
 * <p>What lives here: the choice of the member, time-outs, final and temporary answers, and the
 * meaning of a failure for the operator. What never will: a command, an option or a table.
 */
@NullMarked
package io.quiverdb.coordinator.cli.rest;

import org.jspecify.annotations.NullMarked;
