// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The name of a command in the log. Never change it: entries of old releases have it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Wire {
  /** The stable name, lower case with underscores. */
  String value();

  /**
   * The schema of its fields, from 1; raised when a field is added, removed or changes its meaning.
   */
  int schema() default 1;

  /** The first format of the replicated state in which members may write this schema. */
  int sinceFormat() default 1;
}
