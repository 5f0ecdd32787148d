// SPDX-License-Identifier: Apache-2.0
/**
 * The checks of the command {@code doctor}, made from the machine on which it runs. Each check is a
 * pure function of the observations, which one class makes.
 */
@NullMarked
package io.quiverdb.coordinator.cli.doctor;

import org.jspecify.annotations.NullMarked;
