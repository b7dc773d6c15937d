<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\ModuleFunction;

use WHMCS\Module\Addon\Creditbridge\Limits;

/**
 * The module as the Addon Modules page lists it, and its fields (whmcs.md §6).
 */
final class Config
{
    public static function describe(): array
    {
        return [
            'name' => 'Credit Bridge',
            'description' => 'Decides when credit is applied, on what and how much, gives bonuses on deposits,'
                . ' and explains every decision.',
            'author' => 'Credit Bridge',
            'language' => 'english',
            'version' => Limits::VERSION,
            'fields' => [
                'service_url' => [
                    'FriendlyName' => 'Service URL',
                    'Type' => 'text',
                    'Size' => '60',
                    'Default' => 'http://127.0.0.1:8481',
                    'Description' => '<br>Loopback, unix:/path/to/socket, or https.',
                ],
                'acting_admin' => [
                    'FriendlyName' => 'Acting admin',
                    'Type' => 'text',
                    'Size' => '30',
                    'Default' => '',
                    'Description' => '<br>User name of the admin in whose name commands run;'
                        . ' needs the permission Manage Credits.',
                ],
                'veto_when_down' => [
                    'FriendlyName' => 'Checkout while the service is down',
                    'Type' => 'dropdown',
                    'Options' => ['open' => 'Allow the checkout', 'closed' => 'Refuse the checkout'],
                    'Default' => 'open',
                    'Description' => '<br>For checkouts that a rule may refuse.',
                ],
                'give_back_after_hours' => [
                    'FriendlyName' => 'Give Automatic Credit Use back',
                    'Type' => 'text',
                    'Size' => '5',
                    'Default' => '24',
                    'Description' => '<br>Hours without the service after which WHMCS applies credit itself again; 0 = never.',
                ],
            ],
        ];
    }
}
