// SPDX-License-Identifier: Apache-2.0
/**
 * What the command {@code support-bundle} gathers for those who look for a fault from afar, and how
 * secrets stay out of it.
 */
@NullMarked
package io.quiverdb.coordinator.cli.support;

import org.jspecify.annotations.NullMarked;
