<?php

declare(strict_types=1);

// PHP looks for a function in the caller's namespace first.
namespace WHMCS\Module\Addon\Creditbridge\Installation;

function gethostname(): string
{
    return (string) getenv('TEST_HOST_NAME');
}
