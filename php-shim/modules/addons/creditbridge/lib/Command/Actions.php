<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use InvalidArgumentException;
use WHMCS\Module\Addon\Creditbridge\Command\Action\Action;
use WHMCS\Module\Addon\Creditbridge\Hundredths;

/**
 * Checks a command before it is started (bridge/README.md "A command's life"). The shim refuses every action that has no file
 * in `Action/`, and every parameter that it does not name.
 */
final class Actions
{
    /** Returns why the command is not allowed; '' if it is. */
    public static function refusal(array $command): string
    {
        $action = Action::named($command['action']);
        if ($action === null) {
            return 'The action ' . $command['action'] . ' is not allowed.';
        }
        $parameters = $command['parameters'];
        foreach ($parameters as $name => $value) {
            if (!is_scalar($value) && $name !== 'lines') {
                return 'The parameter ' . $name . ' is not a single value.';
            }
        }
        if (isset($parameters['amount']) && !self::isAmount($parameters['amount'])) {
            return 'The amount is not a positive decimal string.';
        }
        foreach (['clientid', 'userid'] as $name) {
            if (isset($parameters[$name]) && (int) $parameters[$name] !== $command['client_id']) {
                return 'The parameter ' . $name . ' is not the client of the command.';
            }
        }
        if (isset($parameters['invoiceid']) && (int) $parameters['invoiceid'] !== $command['invoice_id']) {
            return 'The parameter invoiceid is not the invoice of the command.';
        }
        return $action->refusal($command['action'], $parameters);
    }

    private static function isAmount($value): bool
    {
        try {
            return is_string($value) && Hundredths::parse($value) > 0;
        } catch (InvalidArgumentException $notAnAmount) {
            return false;
        }
    }
}
