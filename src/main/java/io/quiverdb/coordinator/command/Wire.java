// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How a command is called in the log. Never change it: entries of old releases carry it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Wire {
  /** The stable name, lower case with underscores. */
  String value();

  /** The schema of its fields, from 1; raised when a field comes, goes or changes its meaning. */
  int schema() default 1;

  /** The first format of the replicated state in which nodes may write this schema. */
  int sinceFormat() default 1;
}
