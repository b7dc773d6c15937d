<?php

// Keeps web servers that list directories from listing this one.
http_response_code(404);
