/** The maps of Django's admin: the basemap, and areas that are edited polygon by polygon. */

import "../map/basemap.js";
import { onAreaField } from "../map/area_field.js";

onAreaField();
